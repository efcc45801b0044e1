package dev.reflux.fleet.watch;

import dev.reflux.registry.client.RegistryReader;
import dev.reflux.registry.client.StoreException;
import dev.reflux.registry.format.StudentVersion;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows an alias by reading it at an interval, for a bucket without an HTTP API before it.
 *
 * <ol>
 *   <li>The version at the beginning is reported first.
 *   <li>Of several versions within one interval, only the last is reported; none is reported twice in a row, except after a
 *       failure.
 *   <li>While the store does not answer, the follower tries again after the interval.
 * </ol>
 *
 * One {@link #follow} at a time.
 */
public final class PollingVersionFollower {

    private static final Logger LOG = LoggerFactory.getLogger(PollingVersionFollower.class);

    private final RegistryReader registry;
    private final String model;
    private final String alias;
    private final Duration interval;

    /** Creates a follower. */
    public PollingVersionFollower(RegistryReader registry, String model, String alias, Duration interval) {
        this.registry = registry;
        this.model = model;
        this.alias = alias;
        this.interval = interval;
    }

    /**
     * Reports versions until the receiver returns false or the thread is interrupted.
     *
     * @param receiver takes the number of a version; false ends the call; a {@link StoreException} or an
     *     {@link UncheckedIOException} has the version reported again
     */
    public void follow(LongPredicate receiver) {
        long reported = 0;
        while (!Thread.currentThread().isInterrupted()) {
            try {
                long current = registry.resolve(model, alias)
                        .map(StudentVersion::version)
                        .orElse(reported);
                if (current != reported) {
                    if (!receiver.test(current)) {
                        return;
                    }
                    reported = current;
                }
            } catch (StoreException | UncheckedIOException e) {
                LOG.info("{} The next attempt is in {} ms.", e.getMessage(), interval.toMillis());
            }
            LockSupport.parkNanos(interval.toNanos());
        }
    }
}
