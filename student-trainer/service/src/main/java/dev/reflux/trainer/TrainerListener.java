package dev.reflux.trainer;

import dev.reflux.trainer.checkpoint.TrainerState;
import dev.reflux.trainer.publish.PublishedStudent;
import dev.reflux.trainer.update.StepReport;

/** Is told what a trainer does, on the training thread: answer at once. */
public interface TrainerListener {

    /** After each optimizer step. @param prequentialMiou 0..1, NaN before the first frame */
    default void stepped(StepReport report, TrainerState.Counts counts, double prequentialMiou) {}

    /** After samples have had their effect. */
    default void counted(TrainerState.Counts counts) {}

    default void published(PublishedStudent student) {}

    default void checkpointed(TrainerState state) {}

    default void drifted(long framesTrained) {}
}
