package dev.reflux.registry.server;

import dev.reflux.registry.format.AliasChange;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.store.ObjectStore;
import java.util.Map;
import java.util.TreeMap;

/** Bodies of answers, as the contract's schemas describe them. */
final class AnswerBodies {

    private AnswerBodies() {}

    /** Returns the body of a change. */
    static Map<String, Object> of(AliasChange change) {
        return new TreeMap<>(Map.of(
                "number", change.number(),
                "version", change.version(),
                "newest", change.newest(),
                "rollback", change.rollback(),
                "at", change.at().toString(),
                "by", change.by(),
                "reason", change.reason()));
    }

    /** Returns the body of a version. */
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

    /** Returns the body of an object of the store. */
    static Map<String, Object> of(ObjectStore.Listed object) {
        return new TreeMap<>(Map.of(
                "key", object.key(),
                "bytes", object.bytes(),
                "modified", object.modified().toString()));
    }
}
