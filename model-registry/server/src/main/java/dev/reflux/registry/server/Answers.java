package dev.reflux.registry.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.common.failure.UsageException;
import dev.reflux.registry.client.StoreException;
import dev.reflux.registry.format.AliasChange;
import dev.reflux.registry.format.StudentVersion;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What goes out: JSON, entity tags, and one sentence for whatever went wrong. */
final class Answers {

    private static final Logger LOG = LoggerFactory.getLogger(Answers.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private Answers() {}

    static Map<String, Object> of(AliasChange change) {
        return new TreeMap<>(Map.of(
                "number", change.number(),
                "version", change.version(),
                "at", change.at().toString(),
                "by", change.by(),
                "reason", change.reason()));
    }

    static Map<String, Object> of(StudentVersion version) {
        Map<String, Object> artifacts = new TreeMap<>();
        version.artifacts()
                .forEach((artifact, blob) ->
                        artifacts.put(artifact.fileName(), Map.of("sha256", blob.sha256(), "bytes", blob.bytes())));
        Map<String, Object> body = new TreeMap<>();
        body.put("model", version.model());
        body.put("version", version.version());
        body.put("createdAt", version.createdAt().toString());
        body.put("writer", version.writer());
        body.put("artifacts", artifacts);
        body.put("lineage", version.lineage());
        body.put("metrics", version.metrics());
        body.put("config", version.config());
        return body;
    }

    static String text(Object body) {
        try {
            return JSON.writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an answer is JSON", e);
        }
    }

    static void json(RoutingContext at, int status, Object body) {
        at.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "application/json")
                .end(text(body));
    }

    /** Answers 304 when the asker has it already. */
    static void tagged(RoutingContext at, String tag, Object body) {
        String quoted = "\"" + tag + "\"";
        at.response().putHeader("ETag", quoted).putHeader("Cache-Control", "no-cache");
        String known = at.request().getHeader("If-None-Match");
        if (known != null && java.util.List.of(known.split("\\s*,\\s*")).contains(quoted)) {
            at.response().setStatusCode(304).end();
        } else {
            json(at, 200, body);
        }
    }

    static void missing(RoutingContext at, String sentence) {
        json(at, 404, Map.of("error", sentence));
    }

    static void failed(RoutingContext at, Throwable failure) {
        if (at.response().ended()) {
            return;
        }
        String sentence = String.valueOf(failure.getMessage());
        if (failure instanceof UsageException) {
            json(at, 400, Map.of("error", sentence));
        } else if (failure instanceof StoreException) {
            LOG.warn("{} {}: {}", at.request().method(), at.request().path(), sentence);
            json(at, 503, Map.of("error", "The store behind the registry does not answer; try again."));
        } else {
            LOG.error("{} {} failed", at.request().method(), at.request().path(), failure);
            json(at, 500, Map.of("error", "The registry is not in order; its log says what is wrong."));
        }
    }
}
