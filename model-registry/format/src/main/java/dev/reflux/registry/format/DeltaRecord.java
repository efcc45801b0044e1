package dev.reflux.registry.format;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;

/**
 * A delta in the bucket.
 *
 * @param model the model line
 * @param from the version whose files the delta is applied to
 * @param to the version whose files it yields
 * @param blob the bytes
 */
public record DeltaRecord(String model, long from, long to, StudentVersion.Blob blob) {

    /** The longest delta: one that is longer than the students themselves is never taken. */
    private static final long MOST_BYTES = 2 * Manifest.MOST_FILE_BYTES;

    /** Returns the key of this record. */
    public String key() {
        return BucketLayout.delta(model, from, to);
    }

    /** Returns the object to store. */
    public byte[] write() {
        return SealedJson.seal(
                Map.of("from", from, "to", to, "key", blob.key(), "sha256", blob.sha256(), "bytes", blob.bytes()),
                Optional.empty());
    }

    /** @throws RegistryException when the object is damaged, or is the record of another delta */
    public static DeltaRecord read(byte[] bytes, String key, String model) {
        JsonNode body = SealedJson.open(bytes, key).body();
        DeltaRecord delta = new DeltaRecord(
                model,
                body.path("from").asLong(),
                body.path("to").asLong(),
                new StudentVersion.Blob(
                        body.path("key").asText(),
                        body.path("sha256").asText(),
                        body.path("bytes").asLong()));
        if (!key.equals(delta.key())) {
            throw new RegistryException("The object " + key + " is the record of another delta: it was moved.");
        }
        delta.blob().requireBounds("The record " + key + " names a delta", MOST_BYTES);
        return delta;
    }
}
