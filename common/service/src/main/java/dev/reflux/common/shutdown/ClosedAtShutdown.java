package dev.reflux.common.shutdown;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes a service when its process is asked to end (SIGTERM, Ctrl-C), and has the process wait for that.
 *
 * <ol>
 *   <li>The JVM does not end before the service is closed or the patience is over; the log says which.
 *   <li>What goes wrong while it closes is told and holds nothing up.
 *   <li>The exit code stays that of the signal: 143 after SIGTERM, 130 after Ctrl-C.
 * </ol>
 *
 * Any thread.
 */
public final class ClosedAtShutdown {

    private static final Logger LOG = LoggerFactory.getLogger(ClosedAtShutdown.class);

    private final String name;
    private final Duration patience;
    private final AutoCloseable service;
    private final CountDownLatch closed = new CountDownLatch(1);

    private ClosedAtShutdown(String name, Duration patience, AutoCloseable service) {
        this.name = name;
        this.patience = patience;
        this.service = service;
    }

    /**
     * From now on the service is closed when the process ends. It must bear being closed twice.
     *
     * @param name of the service, for the log
     * @param patience how long the process waits for it: less than whoever stops it waits before he kills
     */
    public static ClosedAtShutdown of(String name, Duration patience, AutoCloseable service) {
        ClosedAtShutdown registered = new ClosedAtShutdown(name, patience, service);
        Runtime.getRuntime().addShutdownHook(new Thread(registered::atShutdown, "stop"));
        return registered;
    }

    /** Waits until it has been closed because the process ends. */
    public void await() throws InterruptedException {
        closed.await();
    }

    private void atShutdown() {
        // A thread of its own: whatever the service hangs in, the process must not hang with it.
        Thread closing = new Thread(this::close, "stop-" + name);
        closing.setDaemon(true);
        closing.start();
        try {
            if (!closed.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.error(
                        "The {} did not close within {} s; the process ends without that.", name, patience.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void close() {
        try {
            service.close();
            LOG.info("The {} was asked to end and has closed.", name);
        } catch (Exception e) {
            LOG.error("The {} was asked to end and did not close well: {}", name, e.getMessage(), e);
        } finally {
            closed.countDown();
        }
    }
}
