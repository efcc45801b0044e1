package dev.reflux.cli.fleet;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Says that a command is waiting, and for how long, when nothing has been heard of it for a while. Any thread. */
final class Waiting implements AutoCloseable {

    private final PrintWriter out;
    private final String whatFor;
    private final long patience;
    private final ScheduledExecutorService ticker;
    private volatile long heard = System.nanoTime();

    /**
     * Begins to wait.
     *
     * @param whatFor for the sentence "Waiting for …"
     * @param patience how long nothing is said, and how often it is said again
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
        ticker.scheduleAtFixedRate(this::tell, this.patience, this.patience, TimeUnit.NANOSECONDS);
    }

    /** It has got on. */
    void heard() {
        heard = System.nanoTime();
    }

    private void tell() {
        long since = System.nanoTime() - heard;
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
