package dev.reflux.fleet.watch;

import dev.reflux.registry.client.RegistryReader;
import dev.reflux.registry.format.StudentVersion;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;

/**
 * Follows an alias by reading it at an interval, for a bucket without an HTTP API before it.
 *
 * <ol>
 *   <li>The version at the beginning is reported first.
 *   <li>Of several versions within one interval, only the last is reported; none is reported twice in a row.
 * </ol>
 */
public final class PollingVersionFollower {

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
     * @param receiver takes the number of a version; false ends the call
     */
    public void follow(LongPredicate receiver) {
        long reported = 0;
        while (!Thread.currentThread().isInterrupted()) {
            Optional<StudentVersion> version = registry.resolve(model, alias);
            if (version.isPresent() && version.get().version() != reported) {
                reported = version.get().version();
                if (!receiver.test(reported)) {
                    return;
                }
            }
            LockSupport.parkNanos(interval.toNanos());
        }
    }
}
