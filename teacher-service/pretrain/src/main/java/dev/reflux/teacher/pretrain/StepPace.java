package dev.reflux.teacher.pretrain;

/** The duration of a step, averaged over the last steps. Not thread-safe. */
final class StepPace {

    /** The weight of the newest step: an average over about 20 steps. */
    private static final double NEWEST = 0.05;

    private double millis = Double.NaN;

    /** Adds a step and returns the average in milliseconds. */
    double add(long nanos) {
        double now = nanos / 1e6;
        millis = Double.isNaN(millis) ? now : (1 - NEWEST) * millis + NEWEST * now;
        return millis;
    }
}
