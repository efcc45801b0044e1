package dev.reflux.trainer;

import dev.reflux.registry.client.StoreException;
import dev.reflux.trainer.publish.StoreWork;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repeats what the store could not do, with growing pauses, until the store does it or the patience is over. Only failures
 * that may pass are repeated; a refusal is not. While it waits, training waits too, Kafka keeps the samples, and
 * {@link #trouble} says so. The training thread calls {@link #outlast}; any thread may ask for the trouble.
 */
final class StorePatience implements StoreWork {

    private static final Logger LOG = LoggerFactory.getLogger(StorePatience.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Duration within;
    private final Pulse pulse;
    private volatile @Nullable String trouble;

    /**
     * @param within the patience with one piece of work
     * @param pulse ends the patience when the trainer is to stop
     */
    StorePatience(Duration within, Pulse pulse) {
        this.within = within;
        this.pulse = pulse;
    }

    /** Returns what the store cannot do at present; empty if nothing waits for it. */
    Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    @Override
    public <T> T outlast(String what, Supplier<T> work) {
        return outlast(within, what, work);
    }

    /**
     * Does a piece of work, again and again if need be.
     *
     * @param patience the patience with it
     * @param what names the work, such as "publish a version"
     * @throws StoreException if the store refuses it, if the patience is over, or if the trainer is to stop
     */
    <T> T outlast(Duration patience, String what, Supplier<T> work) {
        long began = System.nanoTime();
        Duration pause = FIRST_PAUSE;
        while (true) {
            try {
                T result = work.get();
                over(what, began);
                return result;
            } catch (StoreException e) {
                Duration waited = Duration.ofNanos(System.nanoTime() - began);
                if (!e.passing() || !pulse.goesOn()) {
                    trouble = null;
                    throw e;
                }
                if (waited.compareTo(patience) >= 0) {
                    throw new StoreException(
                            "The store did not " + what + " within " + waited.toSeconds() + " s: " + e.getMessage(), e);
                }
                waitFor(what, e, patience, pause);
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
            }
        }
    }

    private void over(String what, long began) {
        if (trouble != null) {
            trouble = null;
            LOG.info(
                    "The store answers again after {} s: it could {}.",
                    TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began),
                    what);
        }
    }

    private void waitFor(String what, StoreException failure, Duration patience, Duration pause) {
        if (trouble == null) {
            LOG.warn(
                    "The store cannot {}: training waits, and tries again for up to {} s: {}",
                    what,
                    patience.toSeconds(),
                    failure.getMessage());
        }
        trouble = "training waits for the store to " + what + ": " + failure.getMessage();
        long until = System.nanoTime() + pause.toNanos();
        while (System.nanoTime() < until && pulse.goesOn()) {
            LockSupport.parkNanos(TICK_NANOS);
        }
    }
}
