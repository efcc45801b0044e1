package dev.reflux.trainer.loop;

/**
 * The decisions that an experiment may take over from the loop.
 *
 * @param budget limits the steps of a window
 * @param selection selects the replayed samples
 * @param transform changes what a step is given
 */
public record LoopPolicies(StepBudget budget, ReplaySelection selection, BatchTransform transform) {

    /** Returns the policies of the training service. */
    public static LoopPolicies standard() {
        return new LoopPolicies(StepBudget.CONFIGURED, ReplaySelection.DRAWN, BatchTransform.NONE);
    }
}
