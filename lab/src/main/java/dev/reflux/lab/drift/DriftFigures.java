package dev.reflux.lab.drift;

/**
 * The figures of a detector over many streams of one kind.
 *
 * @param scenario the kind of stream
 * @param detector its name and settings
 * @param streams the number of streams
 * @param detected part of the streams with an alarm after the change; NaN where nothing changes
 * @param medianDelay figures from the change to the first alarm after it, among those; NaN without any
 * @param worstDelay the same, the largest
 * @param falsePerThousand alarms before the change, for each thousand figures
 */
public record DriftFigures(
        String scenario,
        String detector,
        int streams,
        double detected,
        double medianDelay,
        double worstDelay,
        double falsePerThousand) {}
