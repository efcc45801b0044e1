package dev.reflux.registry.format;

import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * A version of a model: immutable, and there since its manifest is.
 *
 * @param model the model line's name
 * @param version from 1, without gaps
 * @param createdAt by the publisher's clock
 * @param writer who published it
 * @param epoch the writer's, by which stale ones are fenced
 * @param artifacts what it consists of
 * @param lineage where it comes from
 * @param metrics what its trainer measured
 * @param config settings that it was trained with
 */
public record StudentVersion(
        String model,
        long version,
        Instant createdAt,
        String writer,
        long epoch,
        Map<Artifact, Blob> artifacts,
        Lineage lineage,
        Map<String, Double> metrics,
        Map<String, String> config) {

    /**
     * Bytes in the store.
     *
     * @param key of the object
     * @param sha256 lower-case hex
     * @param bytes length
     */
    public record Blob(String key, String sha256, long bytes) {}

    public StudentVersion {
        artifacts = java.util.Collections.unmodifiableMap(new TreeMap<>(artifacts));
        metrics = java.util.Collections.unmodifiableMap(new TreeMap<>(metrics));
        config = java.util.Collections.unmodifiableMap(new TreeMap<>(config));
    }

    /** Returns the length of all artifacts together. */
    public long bytes() {
        return artifacts.values().stream().mapToLong(Blob::bytes).sum();
    }

    /** @throws IllegalArgumentException when a manifest of the future lacks it */
    public Blob blob(Artifact artifact) {
        Blob blob = artifacts.get(artifact);
        if (blob == null) {
            throw new IllegalArgumentException(model + " version " + version + " has no " + artifact.fileName());
        }
        return blob;
    }
}
