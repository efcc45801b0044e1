package dev.reflux.registry.format;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A version of a model line. Immutable.
 *
 * @param model the name of the model line
 * @param version the number, from 1 without gaps
 * @param createdAt the time of publication, by the clock of the publisher
 * @param writer the name of the writer that published it
 * @param epoch the epoch of the writer, which fences stale writers
 * @param artifacts the files
 * @param lineage the origin
 * @param metrics what the trainer measured, such as holdout.miou
 * @param config the settings of the training
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
     * The bytes of an artifact or of a delta, in the bucket.
     *
     * @param key the key of the object
     * @param sha256 the hash, in lower-case hexadecimal
     * @param bytes the length
     */
    public record Blob(String key, String sha256, long bytes) {

        private static final Pattern KEY =
                Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}/blobs/[A-Za-z0-9][A-Za-z0-9._-]{0,199}");
        private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

        /**
         * Requires that the blob is one that can be fetched.
         *
         * @param which the beginning of the sentence, such as "The manifest K names a student.pt"
         * @param most the longest that it may be
         * @throws RegistryException when key, hash or length are out of bounds
         */
        void requireBounds(String which, long most) {
            if (bytes < 0 || bytes > most) {
                throw new RegistryException(
                        which + " of " + bytes + " bytes, outside of 0 to " + most + ": it is refused.");
            }
            if (!KEY.matcher(key).matches() || !HASH.matcher(sha256).matches()) {
                throw new RegistryException(which + " whose key or hash is none: it is refused.");
            }
        }
    }

    public StudentVersion {
        artifacts = Collections.unmodifiableMap(new TreeMap<>(artifacts));
        metrics = Collections.unmodifiableMap(new TreeMap<>(metrics));
        config = Collections.unmodifiableMap(new TreeMap<>(config));
    }

    /** Returns the length of all artifacts together. */
    public long bytes() {
        return artifacts.values().stream().mapToLong(Blob::bytes).sum();
    }

    /**
     * Returns the bytes of an artifact.
     *
     * @throws IllegalArgumentException when the version has no such artifact
     */
    public Blob blob(Artifact artifact) {
        Blob blob = artifacts.get(artifact);
        if (blob == null) {
            throw new IllegalArgumentException(model + " version " + version + " has no " + artifact.fileName());
        }
        return blob;
    }
}
