package dev.reflux.registry.server;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Closes connections on which no whole request arrives in time: idle connections, and those with half a header or half a
 * body. Vert.x' own idle timeout would also close long polls, which are silent by design. HTTP/1 only. The event loop's
 * thread only.
 */
final class RequestDeadlines {

    private final Vertx vertx;
    private final long millis;
    private final Map<HttpConnection, Deadline> deadlines = new HashMap<>();

    RequestDeadlines(Vertx vertx, Duration receiveWithin) {
        this.vertx = vertx;
        this.millis = receiveWithin.toMillis();
    }

    /** Starts the deadline of a new connection. */
    void connected(HttpConnection connection) {
        Deadline deadline = new Deadline(connection);
        deadlines.put(connection, deadline);
        connection.closeHandler(closed -> {
            deadlines.remove(connection);
            deadline.stop();
        });
        deadline.start();
    }

    /** Ends the deadline when the request is whole, and starts the next one when it is also answered. */
    void received(RoutingContext at) {
        Deadline deadline = deadlines.get(at.request().connection());
        if (deadline != null) {
            deadline.headerReceived();
            at.request().end().onSuccess(whole -> deadline.requestReceived());
            at.addEndHandler(answered -> deadline.answered());
        }
        at.next();
    }

    private final class Deadline {
        private final HttpConnection connection;
        private long timer;
        private boolean whole;
        private boolean answered;

        Deadline(HttpConnection connection) {
            this.connection = connection;
        }

        void start() {
            timer = vertx.setTimer(millis, expired -> connection.close());
        }

        void stop() {
            vertx.cancelTimer(timer);
        }

        void headerReceived() {
            whole = false;
            answered = false;
        }

        void requestReceived() {
            whole = true;
            stop();
            startWhenDone();
        }

        void answered() {
            answered = true;
            startWhenDone();
        }

        private void startWhenDone() {
            if (whole && answered && deadlines.containsKey(connection)) {
                start();
            }
        }
    }
}
