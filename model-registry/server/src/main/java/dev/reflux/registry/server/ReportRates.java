package dev.reflux.registry.server;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Bounds how often each token reports: so many reports in each period. Holds an entry for each token of the token file at
 * most. The event loop's thread only.
 */
final class ReportRates {

    /** The largest number of reports of a token in a period. */
    static final int MOST = 30;

    /** The period. */
    static final Duration PERIOD = Duration.ofMinutes(1);

    private static final class Window {
        private Instant end = Instant.MIN;
        private int reports;
    }

    private final Clock clock;
    private final Map<String, Window> windows = new HashMap<>();

    ReportRates(Clock clock) {
        this.clock = clock;
    }

    /** Counts a report; returns the seconds to wait when there were too many. */
    OptionalLong take(String holder) {
        Instant now = clock.instant();
        Window window = windows.computeIfAbsent(holder, first -> new Window());
        if (!now.isBefore(window.end)) {
            window.end = now.plus(PERIOD);
            window.reports = 0;
        }
        if (window.reports >= MOST) {
            return OptionalLong.of(Duration.between(now, window.end).toSeconds() + 1);
        }
        window.reports++;
        return OptionalLong.empty();
    }
}
