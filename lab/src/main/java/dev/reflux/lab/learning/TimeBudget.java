package dev.reflux.lab.learning;

import dev.reflux.trainer.loop.StepBudget;

/**
 * Gives a method a part of the configured steps, so that it takes as much time as a faster method. A fraction of a step
 * that a window does not use is carried over to the next window.
 */
final class TimeBudget implements StepBudget {

    private final double part;
    private double credit;

    /** @param part the part of the configured steps, (0, 1] */
    TimeBudget(double part) {
        this.part = part;
    }

    @Override
    public int steps(int configured) {
        credit += configured * part;
        // A window's first step scores it, so every window has at least one step.
        int affordable = Math.max(1, (int) Math.floor(credit + 1e-9));
        credit -= affordable;
        return affordable;
    }
}
