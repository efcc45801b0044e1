package dev.reflux.registry.server;

import dev.reflux.registry.format.AliasChange;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.TimeUnit;

/** A request that waits for the next change of an alias. The event loop's thread only. */
final class LongPoll implements AliasSubscriptions.Subscriber {

    private static final int NOT_MODIFIED = 304;

    private final RoutingContext at;
    private final AliasSubscriptions subscriptions;
    private final AliasSubscriptions.Name name;
    private final long known;
    private final long timer;

    private LongPoll(
            RoutingContext at,
            AliasSubscriptions subscriptions,
            AliasSubscriptions.Name name,
            long known,
            long seconds) {
        this.at = at;
        this.subscriptions = subscriptions;
        this.name = name;
        this.known = known;
        this.timer = at.vertx().setTimer(TimeUnit.SECONDS.toMillis(seconds), expired -> closed());
    }

    /**
     * Answers a request with the next change, or with 304 when there is none in time.
     *
     * @param known number of the newest change that the client knows
     * @param seconds time to wait
     */
    static void open(
            RoutingContext at,
            AliasSubscriptions subscriptions,
            AliasSubscriptions.Name name,
            long known,
            long seconds) {
        LongPoll poll = new LongPoll(at, subscriptions, name, known, seconds);
        at.response().closeHandler(disconnected -> poll.unsubscribe());
        subscriptions.add(name, known, poll);
    }

    /** Answers a request with a change. */
    static void answer(RoutingContext at, AliasChange change) {
        JsonAnswers.tagged(at, String.valueOf(change.number()), AnswerBodies.of(change));
    }

    @Override
    public void changed(AliasChange change) {
        if (change.number() > known) {
            unsubscribe();
            answer(at, change);
        }
    }

    @Override
    public void closed() {
        unsubscribe();
        at.response().setStatusCode(NOT_MODIFIED).end();
    }

    private void unsubscribe() {
        Vertx vertx = at.vertx();
        vertx.cancelTimer(timer);
        subscriptions.remove(name, this);
    }
}
