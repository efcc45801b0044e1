package dev.reflux.trainer;

import dev.reflux.trainer.checkpoint.TrainerState;
import dev.reflux.trainer.publish.PublishedStudent;
import dev.reflux.trainer.update.StepReport;

/** Follows a trainer. Called on the training thread, which waits for the return. */
public interface TrainerListener {

    /**
     * Called after each optimizer step.
     *
     * @param report the result of the step
     * @param counts the outcomes of all samples before this window
     * @param prequentialMiou the test-then-train mIoU, 0..1; NaN before the first frame
     */
    default void stepped(StepReport report, TrainerState.Counts counts, double prequentialMiou) {}

    /** Called after a window of samples has had its effect. */
    default void counted(TrainerState.Counts counts) {}

    /** Called after a version has been published. */
    default void published(PublishedStudent student) {}

    /** Called after a checkpoint has been written. */
    default void checkpointed(TrainerState state) {}

    /** Called after a drift has been detected. */
    default void drifted(long framesTrained) {}
}
