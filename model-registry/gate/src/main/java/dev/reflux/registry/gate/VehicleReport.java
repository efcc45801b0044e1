package dev.reflux.registry.gate;

/**
 * A vehicle's report on a version.
 *
 * @param vehicle the id of the vehicle
 * @param version the number of the version
 * @param metric the name of what was measured
 * @param value the measured value
 * @param least the smallest value that would have been good enough
 */
record VehicleReport(String vehicle, long version, String metric, double value, double least) {

    Figure figure() {
        return new Figure(vehicle + "." + metric, value, least);
    }
}
