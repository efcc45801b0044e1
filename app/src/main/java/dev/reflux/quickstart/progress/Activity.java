package dev.reflux.quickstart.progress;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Shows that an activity is still under way whenever its console has been quiet for two seconds. */
final class Activity implements AutoCloseable {

    private static final Duration QUIET = Duration.ofSeconds(2);

    private final ScheduledExecutorService ticker;

    Activity(Console console, String what) {
        long began = System.nanoTime();
        this.ticker = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "activity");
            thread.setDaemon(true);
            return thread;
        });
        ticker.scheduleAtFixedRate(
                () -> console.showAfter(
                        QUIET, "  " + what + ", " + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began) + " s"),
                1,
                1,
                TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        ticker.shutdownNow();
    }
}
