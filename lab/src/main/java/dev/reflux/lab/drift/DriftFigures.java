package dev.reflux.lab.drift;

/**
 * What a detector did on many streams of one kind.
 *
 * @param scenario the kind
 * @param detector its name and settings
 * @param streams how many
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
