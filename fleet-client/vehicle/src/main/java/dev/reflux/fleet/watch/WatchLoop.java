package dev.reflux.fleet.watch;

import dev.reflux.registry.client.AliasLongPoll.Target;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports the versions of an alias, and ends by its own stop only. What fails, whether the question or the receiver, is tried
 * again: soon and then at growing pauses, or at a slow pace where the version was refused. Meanwhile a newer version is reported
 * at once. One {@link #follow} at a time; {@link #state} from any thread.
 */
final class WatchLoop {

    private static final Logger LOG = LoggerFactory.getLogger(WatchLoop.class);

    /** Asks where the alias points. */
    interface Question {
        /**
         * Returns the newest change; empty when there was none after the known one.
         *
         * @param known the number of the change that is known; 0 for none
         * @param most the longest time to wait for one
         */
        Optional<Target> next(long known, Duration most) throws InterruptedException;
    }

    private final Question question;
    private final WatchPace pace;
    private final Consumer<WatchState> listener;
    private final Clock clock = Clock.systemUTC();
    private final Trouble link;
    private final Trouble delivery;
    private volatile WatchState state;

    private @Nullable Target pending;
    private long known;
    private long taken;
    private long due;

    WatchLoop(Question question, WatchPace pace, Consumer<WatchState> listener) {
        this(question, pace, listener, LOG);
    }

    WatchLoop(Question question, WatchPace pace, Consumer<WatchState> listener, Logger log) {
        this.question = question;
        this.pace = pace;
        this.listener = listener;
        this.link = new Trouble(log, pace, RandomGenerator.getDefault());
        this.delivery = new Trouble(log, pace, RandomGenerator.getDefault());
        this.state = new WatchState(WatchState.Phase.STARTING, clock.instant(), 0, 0, "");
    }

    WatchState state() {
        return state;
    }

    void follow(LongPredicate receiver) {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                if (pending != null && untilDue().isZero() && !deliver(pending, receiver)) {
                    return;
                }
                ask();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            enter(WatchState.Phase.STOPPED);
        }
    }

    /** Returns whether to go on. */
    private boolean deliver(Target target, LongPredicate receiver) {
        try {
            boolean on = receiver.test(target.version());
            taken = target.version();
            pending = null;
            delivery.over();
            enter(WatchState.Phase.FOLLOWING);
            return on;
        } catch (RuntimeException | Error e) {
            // Not even a lack of memory ends a watch: a vehicle that stops to watch can no longer be helped.
            due = System.nanoTime() + delivery.failed(e, " " + target.version()).toNanos();
            enter(WatchState.Phase.NOT_TAKEN);
            return true;
        }
    }

    private void ask() throws InterruptedException {
        Duration most = pending == null ? Duration.ofMinutes(1) : untilDue();
        long begun = System.nanoTime();
        try {
            Optional<Target> news = question.next(known, most).filter(target -> target.number() != known);
            link.over();
            news.ifPresent(this::noteNews);
            enter(pending == null ? WatchState.Phase.FOLLOWING : WatchState.Phase.NOT_TAKEN);
            if (news.isEmpty()) {
                // A server that answers at once must not be asked at once again.
                sleep(pace.idle().minusNanos(System.nanoTime() - begun));
            }
        } catch (RuntimeException | Error e) {
            Duration pause = link.failed(e, "");
            enter(WatchState.Phase.AWAY);
            sleep(pending == null || pause.compareTo(untilDue()) < 0 ? pause : untilDue());
        }
    }

    private void noteNews(Target target) {
        known = target.number();
        if (target.version() != taken || pending != null) {
            pending = target;
            due = System.nanoTime();
        }
    }

    private Duration untilDue() {
        return Duration.ofNanos(Math.max(0, due - System.nanoTime()));
    }

    private static void sleep(Duration pause) throws InterruptedException {
        long end = System.nanoTime() + pause.toNanos();
        for (long left = pause.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
            if (Thread.interrupted()) {
                throw new InterruptedException("the watch was stopped");
            }
        }
    }

    private void enter(WatchState.Phase phase) {
        Trouble trouble = phase == WatchState.Phase.AWAY ? link : delivery;
        boolean same = state.phase() == phase
                && state.version() == taken
                && state.sentence().equals(trouble.sentence());
        state = new WatchState(
                phase, same ? state.since() : clock.instant(), taken, trouble.failures(), trouble.sentence());
        if (!same) {
            listener.accept(state);
        }
    }
}
