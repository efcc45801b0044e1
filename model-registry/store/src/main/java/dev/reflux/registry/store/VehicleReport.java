package dev.reflux.registry.store;

import dev.reflux.common.failure.UsageException;

/**
 * A vehicle's report on a version.
 *
 * @param by who vouches for it: the name of a token, or the vehicle itself where it holds keys of the bucket
 * @param vehicle the id of the vehicle
 * @param version the number of the version
 * @param metric the name of what was measured
 * @param value the measured value
 * @param least the smallest value that would have been good enough
 */
public record VehicleReport(String by, String vehicle, long version, String metric, double value, double least) {

    /** @throws UsageException when a value is not a number */
    public VehicleReport {
        if (!Double.isFinite(value) || !Double.isFinite(least)) {
            throw new UsageException(
                    "A report's value and least value are numbers, not " + value + " and " + least + ".");
        }
    }

    /** Returns whether the value is worse than the smallest that would have been good enough. */
    public boolean regression() {
        return value < least;
    }
}
