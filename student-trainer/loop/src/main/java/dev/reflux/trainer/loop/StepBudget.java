package dev.reflux.trainer.loop;

/** Limits the optimizer steps of a window; an experiment with a time budget makes fewer. The training thread only. */
@FunctionalInterface
public interface StepBudget {

    /** The configured number of steps for every window. */
    StepBudget CONFIGURED = configured -> configured;

    /**
     * Returns the number of steps for the next window, at least 1: a window's first step scores it.
     *
     * @param configured the number that {@link LoopSettings#updates()} gives
     */
    int steps(int configured);
}
