package dev.reflux.common.kafka;

import java.time.Duration;

/**
 * Settings of a {@link PollLoop}.
 *
 * @param highWater records in flight at which the partitions are paused
 * @param lowWater records in flight at which the partitions are resumed; less than {@code highWater}
 * @param pollTimeout longest wait of one poll
 * @param closeTimeout longest wait for the last commit and for the consumer to close
 */
public record PollSettings(int highWater, int lowWater, Duration pollTimeout, Duration closeTimeout) {

    private static final Duration POLL_TIMEOUT = Duration.ofMillis(100);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    /** Checks that the low water is under the high water. */
    public PollSettings {
        if (lowWater < 0 || highWater <= lowWater) {
            throw new IllegalArgumentException("highWater " + highWater + " must be above lowWater " + lowWater);
        }
    }

    /** Returns settings with half of the high water as low water, polls of 100 ms and 5 s to close. */
    public static PollSettings of(int highWater) {
        return new PollSettings(highWater, highWater / 2, POLL_TIMEOUT, CLOSE_TIMEOUT);
    }
}
