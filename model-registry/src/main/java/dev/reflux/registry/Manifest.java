package dev.reflux.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * A student version as canonical JSON: keys sorted, no spaces, so that the same version is the same bytes everywhere and
 * can be hashed and signed.
 */
final class Manifest {

    private static final int FORMAT = 1;
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private Manifest() {}

    static byte[] write(StudentVersion version) {
        Map<String, Object> root = new TreeMap<>();
        root.put("format", FORMAT);
        root.put("model", version.model());
        root.put("version", version.version());
        root.put("createdAt", version.createdAt().toString());
        root.put("writer", version.writer());
        root.put("epoch", version.epoch());
        Map<String, Object> artifacts = new TreeMap<>();
        version.artifacts()
                .forEach((artifact, blob) -> artifacts.put(
                        artifact.fileName(),
                        Map.of("key", blob.key(), "sha256", blob.sha256(), "bytes", blob.bytes())));
        root.put("artifacts", artifacts);
        root.put("lineage", version.lineage());
        root.put("metrics", version.metrics());
        root.put("config", version.config());
        try {
            return JSON.writeValueAsBytes(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a manifest is JSON", e);
        }
    }

    /** @throws RegistryException when the bytes are no manifest */
    static StudentVersion read(byte[] bytes, String key) {
        try {
            JsonNode root = JSON.readTree(bytes);
            if (root.path("format").asInt() != FORMAT) {
                throw new RegistryException("The manifest " + key + " is of format " + root.path("format")
                        + "; this build reads format " + FORMAT + ": update it.");
            }
            Map<Artifact, StudentVersion.Blob> artifacts = new EnumMap<>(Artifact.class);
            for (Artifact artifact : Artifact.values()) {
                JsonNode blob = root.path("artifacts").path(artifact.fileName());
                if (blob.isObject()) {
                    artifacts.put(artifact, JSON.treeToValue(blob, StudentVersion.Blob.class));
                }
            }
            return new StudentVersion(
                    root.path("model").asText(),
                    root.path("version").asLong(),
                    Instant.parse(root.path("createdAt").asText()),
                    root.path("writer").asText(),
                    root.path("epoch").asLong(),
                    artifacts,
                    JSON.treeToValue(root.path("lineage"), Lineage.class),
                    numbers((ObjectNode) root.path("metrics")),
                    texts((ObjectNode) root.path("config")));
        } catch (IOException | RuntimeException e) {
            if (e instanceof RegistryException known) {
                throw known;
            }
            throw new RegistryException("The manifest " + key + " is damaged: " + e.getMessage() + ".", e);
        }
    }

    private static Map<String, Double> numbers(ObjectNode node) {
        Map<String, Double> values = new TreeMap<>();
        node.fields()
                .forEachRemaining(
                        entry -> values.put(entry.getKey(), entry.getValue().asDouble(Double.NaN)));
        return values;
    }

    private static Map<String, String> texts(ObjectNode node) {
        Map<String, String> values = new TreeMap<>();
        node.fields()
                .forEachRemaining(
                        entry -> values.put(entry.getKey(), entry.getValue().asText()));
        return values;
    }
}
