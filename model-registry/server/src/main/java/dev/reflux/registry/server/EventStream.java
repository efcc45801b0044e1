package dev.reflux.registry.server;

import dev.reflux.registry.format.AliasChange;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A stream of an alias' changes as server-sent events. A client that reads too slowly skips changes: it receives the newest
 * one when it reads again. The event loop's thread only.
 */
final class EventStream implements AliasSubscriptions.Subscriber {

    static final String CONTENT_TYPE = "text/event-stream";

    private static final long HEARTBEAT_MILLIS = TimeUnit.SECONDS.toMillis(20);

    private final HttpServerResponse response;
    private long sent;
    private @Nullable AliasChange skipped;

    private EventStream(HttpServerResponse response, long known) {
        this.response = response;
        this.sent = known;
        response.drainHandler(writable -> {
            AliasChange newest = skipped;
            skipped = null;
            if (newest != null) {
                changed(newest);
            }
        });
    }

    /**
     * Answers a request with the newest change, unless the client knows it, and with every later one.
     *
     * @param known number of the newest change that the client knows; 0 when it knows none
     * @param newest newest change
     */
    static void open(
            RoutingContext at,
            AliasSubscriptions subscriptions,
            AliasSubscriptions.Name name,
            long known,
            AliasChange newest) {
        HttpServerResponse response = at.response()
                .setChunked(true)
                .putHeader("Content-Type", CONTENT_TYPE)
                .putHeader("Cache-Control", "no-store");
        EventStream stream = new EventStream(response, known);
        response.write(": hello\n\n");
        stream.changed(newest);
        long heartbeat = at.vertx().setPeriodic(HEARTBEAT_MILLIS, due -> stream.beat());
        response.closeHandler(disconnected -> {
            at.vertx().cancelTimer(heartbeat);
            subscriptions.remove(name, stream);
        });
        subscriptions.add(name, stream.sent, stream);
    }

    private void beat() {
        if (!response.writeQueueFull()) {
            response.write(":\n\n");
        }
    }

    @Override
    public void changed(AliasChange change) {
        if (change.number() <= sent) {
            return;
        }
        if (response.writeQueueFull()) {
            skipped = change;
            return;
        }
        sent = change.number();
        response.write("id: " + change.number() + "\nevent: version\ndata: " + JsonAnswers.text(AnswerBodies.of(change))
                + "\n\n");
    }

    @Override
    public void closed() {
        response.end();
    }
}
