package dev.reflux.trainer.guard;

import dev.reflux.common.label.LabelMap;
import dev.reflux.trainer.ingest.TrainingSample;

/** Follows a guard. Called on the training thread, which waits for the return. */
public interface GuardListener {

    /** Called once when something begins or ends, not once for each frame, with one sentence for people. */
    default void said(String sentence) {}

    /**
     * Called when the student was asked about a frame whose label and teacher disagree unusually.
     *
     * @param classes the student's classes
     */
    default void asked(TrainingSample sample, LabelMap classes) {}

    /** Called for each frame at fault. */
    default void faulted(Fault fault) {}
}
