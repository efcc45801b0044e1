package dev.reflux.cli.fleet;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Prints that a command waits, and for how long, if it makes no progress for a while. Any thread. */
final class Waiting implements AutoCloseable {

    private final PrintWriter out;
    private final String whatFor;
    private final long patience;
    private final ScheduledExecutorService ticker;
    private volatile long lastProgress = System.nanoTime();

    /**
     * Starts to watch for progress.
     *
     * @param whatFor the object of the sentence "Waiting for …"
     * @param patience time without progress until the sentence is printed, and between its repetitions
     */
    Waiting(PrintWriter out, String whatFor, Duration patience) {
        this.out = out;
        this.whatFor = whatFor;
        this.patience = patience.toNanos();
        this.ticker = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "waiting");
            thread.setDaemon(true);
            return thread;
        });
        ticker.scheduleAtFixedRate(this::print, this.patience, this.patience, TimeUnit.NANOSECONDS);
    }

    /** Records progress. */
    void progressed() {
        lastProgress = System.nanoTime();
    }

    private void print() {
        long since = System.nanoTime() - lastProgress;
        if (since >= patience) {
            out.println(
                    "Waiting for " + whatFor + ", " + Duration.ofNanos(since).toSeconds() + " s so far.");
            out.flush();
        }
    }

    @Override
    public void close() {
        ticker.shutdownNow();
    }
}
