package dev.reflux.trainer.loop;

import dev.reflux.trainer.update.StepReport;

/** Follows a learning loop. Called on the training thread, which waits for the return. */
public interface LoopListener {

    /**
     * Called after each optimizer step.
     *
     * @param report the result of the step
     * @param firstStep whether it was the first step on its window
     */
    default void stepped(StepReport report, boolean firstStep) {}

    /**
     * Called after the learner has remembered its logits of the replayed samples.
     *
     * @param millis the time that this took
     */
    default void remembered(double millis) {}
}
