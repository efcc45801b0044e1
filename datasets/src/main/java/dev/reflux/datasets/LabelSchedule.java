package dev.reflux.datasets;

import dev.reflux.common.failure.UsageException;
import java.time.Duration;

/**
 * Which frames of a fleet have their label, and when.
 *
 * @param every 1 for a label with every frame, N for one with every N-th frame of each camera, 0 for none
 * @param later how much later a label comes, by the clock of the frames; zero: with its frame
 */
public record LabelSchedule(long every, Duration later) {

    /** Each label comes with its frame. */
    public static final LabelSchedule ALL = new LabelSchedule(1, Duration.ZERO);

    /**
     * Checks the numbers.
     *
     * @throws UsageException when one is negative
     */
    public LabelSchedule {
        if (every < 0) {
            throw new UsageException("One label for every " + every
                    + " frames cannot be; give 1 to label all frames, N for every N-th, or 0 for none.");
        }
        if (later.isNegative()) {
            throw new UsageException("A label that comes " + later.toSeconds()
                    + " s after its frame cannot be; give 0 or more seconds.");
        }
    }
}
