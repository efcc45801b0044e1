package dev.reflux.common.shutdown;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes a service when its process is asked to end (SIGTERM, Ctrl-C). The process waits for the close.
 *
 * <ol>
 *   <li>The JVM does not end before the service is closed or the wait times out; the log says which.
 *   <li>A failure of the close is logged and does not delay the exit.
 *   <li>The exit code stays that of the signal: 143 after SIGTERM, 130 after Ctrl-C.
 * </ol>
 *
 * All methods may be called from any thread.
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
     * Registers a service to be closed when the process ends.
     *
     * @param name name of the service in the log
     * @param patience longest wait for the close; less than the time after which the process is killed
     * @param service service whose close may be called twice
     */
    public static ClosedAtShutdown of(String name, Duration patience, AutoCloseable service) {
        ClosedAtShutdown registered = new ClosedAtShutdown(name, patience, service);
        Runtime.getRuntime().addShutdownHook(new Thread(registered::atShutdown, "stop"));
        return registered;
    }

    /** Waits until the service has been closed because the process ends. */
    public void await() throws InterruptedException {
        closed.await();
    }

    private void atShutdown() {
        // A thread of its own, so that a service that hangs does not hang the process.
        Thread closing = new Thread(this::close, "stop-" + name);
        closing.setDaemon(true);
        closing.start();
        try {
            if (!closed.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.error(
                        "The {} did not close within {} s; the process exits without it.", name, patience.toSeconds());
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
            LOG.error("The {} was asked to end and failed to close: {}", name, e.getMessage(), e);
        } finally {
            closed.countDown();
        }
    }
}
