package dev.reflux.registry.server;

import dev.reflux.registry.format.AliasChange;
import io.vertx.core.Context;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Requests that wait: long-polls and event streams. The event loop's thread only. */
final class Watching {

    private static final long HEARTBEAT_MILLIS = TimeUnit.SECONDS.toMillis(20);

    private final Context loop;
    private final AliasWatches watches;
    private final int most;

    Watching(Context loop, AliasWatches watches, int most) {
        this.loop = loop;
        this.watches = watches;
        this.most = most;
    }

    /** Who waits now. */
    int count() {
        return watches.watchers();
    }

    /** Answers with the next change, or 304 when there was none for so long. */
    void once(RoutingContext at, long known, long seconds) {
        if (full(at)) {
            return;
        }
        AliasWatches.Name name = name(at);
        Waiter waiter = new Waiter(at, name, known);
        waiter.timer = loop.owner().setTimer(TimeUnit.SECONDS.toMillis(seconds), timer -> waiter.ended());
        at.response().closeHandler(closed -> waiter.stop());
        watches.add(name, known, waiter);
    }

    private final class Waiter implements AliasWatches.Taker {
        private final RoutingContext at;
        private final AliasWatches.Name name;
        private final long known;
        private long timer;

        Waiter(RoutingContext at, AliasWatches.Name name, long known) {
            this.at = at;
            this.name = name;
            this.known = known;
        }

        void stop() {
            loop.owner().cancelTimer(timer);
            watches.remove(name, this);
        }

        @Override
        public void moved(AliasChange change) {
            if (change.number() > known) {
                stop();
                Answers.tagged(at, String.valueOf(change.number()), Answers.of(change));
            }
        }

        @Override
        public void ended() {
            stop();
            at.response().setStatusCode(304).end();
        }
    }

    /** Server-sent events: where the alias points now, unless that is known, then every change. */
    void stream(RoutingContext at, long known, AliasChange now) {
        if (full(at)) {
            return;
        }
        AliasWatches.Name name = name(at);
        HttpServerResponse response = at.response()
                .setChunked(true)
                .putHeader("Content-Type", "text/event-stream")
                .putHeader("Cache-Control", "no-store");
        Stream taker = new Stream(response, known);
        response.write(": hello\n\n");
        taker.moved(now);
        long heartbeat = loop.owner().setPeriodic(HEARTBEAT_MILLIS, timer -> {
            if (!response.writeQueueFull()) {
                response.write(":\n\n");
            }
        });
        response.closeHandler(closed -> {
            loop.owner().cancelTimer(heartbeat);
            watches.remove(name, taker);
        });
        watches.add(name, taker.told, taker);
    }

    /** One who does not read is not written to; it hears of what is newest when it reads again. */
    private static final class Stream implements AliasWatches.Taker {
        private final HttpServerResponse response;
        private long told;
        private @Nullable AliasChange missed;

        Stream(HttpServerResponse response, long known) {
            this.response = response;
            this.told = known;
            response.drainHandler(drained -> {
                AliasChange newest = missed;
                missed = null;
                if (newest != null) {
                    moved(newest);
                }
            });
        }

        @Override
        public void moved(AliasChange change) {
            if (change.number() <= told) {
                return;
            }
            if (response.writeQueueFull()) {
                missed = change;
                return;
            }
            told = change.number();
            response.write(
                    "id: " + change.number() + "\nevent: version\ndata: " + Answers.text(Answers.of(change)) + "\n\n");
        }

        @Override
        public void ended() {
            response.end();
        }
    }

    private boolean full(RoutingContext at) {
        if (watches.watchers() < most) {
            return false;
        }
        at.response().putHeader("Retry-After", "10");
        Answers.json(at, 503, Map.of("error", "Too many are watching already; try again later."));
        return true;
    }

    private static AliasWatches.Name name(RoutingContext at) {
        return new AliasWatches.Name(at.pathParam("model"), at.pathParam("alias"));
    }
}
