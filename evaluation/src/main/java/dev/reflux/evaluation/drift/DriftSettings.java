package dev.reflux.evaluation.drift;

/**
 * The settings that drift detectors have in common.
 *
 * @param delta the rise of the mean that is tolerated, in the unit of the values, 0 or more
 * @param lambda the accumulated rise above that which is a drift, above 0
 * @param minimum the number of values before the first verdict, at least 1
 */
public record DriftSettings(double delta, double lambda, int minimum) {

    public DriftSettings {
        if (!(delta >= 0) || !(lambda > 0) || minimum < 1) {
            throw new IllegalArgumentException("delta must be 0 or more, lambda above 0, and minimum at least 1");
        }
    }
}
