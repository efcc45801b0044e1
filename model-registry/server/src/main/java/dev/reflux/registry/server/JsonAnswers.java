package dev.reflux.registry.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;

/** Answers with JSON. */
final class JsonAnswers {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int OK = 200;
    private static final int NOT_MODIFIED = 304;
    private static final int NOT_FOUND = 404;

    private JsonAnswers() {}

    /** Returns a body as JSON. */
    static String text(Object body) {
        try {
            return JSON.writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the body of an answer cannot be written as JSON", e);
        }
    }

    /** Answers 200. */
    static void ok(RoutingContext at, Object body) {
        send(at, OK, body);
    }

    /** Answers with a status. */
    static void send(RoutingContext at, int status, Object body) {
        sendText(at, status, text(body));
    }

    /** Answers with a status and JSON text. */
    static void sendText(RoutingContext at, int status, String json) {
        at.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "application/json")
                .end(json);
    }

    /** Answers 200 with an ETag, or 304 to a client that has the same. */
    static void tagged(RoutingContext at, String tag, Object body) {
        String quoted = "\"" + tag + "\"";
        at.response().putHeader("ETag", quoted).putHeader("Cache-Control", "no-cache");
        String known = at.request().getHeader("If-None-Match");
        if (known != null && List.of(known.split("\\s*,\\s*")).contains(quoted)) {
            at.response().setStatusCode(NOT_MODIFIED).end();
        } else {
            ok(at, body);
        }
    }

    /** Answers 404. */
    static void notFound(RoutingContext at, String sentence) {
        error(at, NOT_FOUND, sentence);
    }

    /** Answers with a failed status and a sentence that says why. */
    static void error(RoutingContext at, int status, String sentence) {
        send(at, status, Map.of("error", sentence));
    }
}
