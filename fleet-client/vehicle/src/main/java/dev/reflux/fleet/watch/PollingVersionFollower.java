package dev.reflux.fleet.watch;

import dev.reflux.registry.client.AliasLongPoll.Target;
import dev.reflux.registry.client.RegistryReader;
import dev.reflux.registry.client.StoreException;
import dev.reflux.registry.format.RegistryNames;
import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongPredicate;

/**
 * Follows an alias by reading it at an interval, for a bucket without an HTTP API before it.
 *
 * <ol>
 *   <li>The version at the beginning is reported first.
 *   <li>Of several versions within one interval, only the last is reported; none is reported twice in a row, except after a
 *       failure.
 *   <li>Nothing but the receiver and an interrupt ends it, as {@link HttpVersionFollower} says.
 * </ol>
 *
 * One {@link #follow} at a time.
 */
public final class PollingVersionFollower {

    private final RegistryReader registry;
    private final String model;
    private final String alias;
    private final Duration interval;
    private final Semaphore hints = new Semaphore(0);
    private final WatchLoop loop;

    /** Creates a follower. */
    public PollingVersionFollower(RegistryReader registry, String model, String alias, Duration interval) {
        this(registry, model, alias, interval, state -> {});
    }

    /**
     * Creates a follower.
     *
     * @param listener is told each change of the state, on the thread of {@link #follow}
     */
    public PollingVersionFollower(
            RegistryReader registry, String model, String alias, Duration interval, Consumer<WatchState> listener) {
        this(registry, model, alias, interval, listener, WatchPace.DEFAULT);
    }

    PollingVersionFollower(
            RegistryReader registry,
            String model,
            String alias,
            Duration interval,
            Consumer<WatchState> listener,
            WatchPace pace) {
        RegistryNames.require(model, "model");
        this.registry = registry;
        this.model = model;
        this.alias = alias;
        this.interval = interval;
        this.loop = new WatchLoop(this::next, pace, listener);
    }

    /** Returns what the follower is doing; from any thread. */
    public WatchState state() {
        return loop.state();
    }

    /**
     * Reports versions until the receiver returns false or the thread is interrupted.
     *
     * @param receiver takes the number of a version; false ends the call; when it throws, the version is reported again
     */
    public void follow(LongPredicate receiver) {
        loop.follow(receiver);
    }

    /** Reads the alias now instead of at the end of the interval, for who hears of a new version; from any thread. */
    public void lookNow() {
        hints.release();
    }

    private Optional<Target> next(long known, Duration most) throws InterruptedException {
        Optional<Target> now = RegistryNames.isNumber(alias)
                ? Optional.of(new Target(1, Long.parseLong(alias)))
                : registry.current(model, alias).map(change -> new Target(change.number(), change.version()));
        if (now.isEmpty()) {
            throw new StoreException(
                    "The registry has no alias " + alias + " of the model " + model
                            + " yet; check both names, or wait.",
                    new NoSuchElementException(alias));
        }
        if (now.get().number() == known) {
            if (hints.tryAcquire(Math.min(interval.toNanos(), most.toNanos()), TimeUnit.NANOSECONDS)) {
                hints.drainPermits();
            }
            return Optional.empty();
        }
        return now;
    }
}
