package dev.reflux.registry.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reflux.common.model.Sha256;
import dev.reflux.registry.format.signing.Signature;
import dev.reflux.registry.format.signing.TrustFile;
import java.io.IOException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A student version as a sealed object. Stateless: any thread. */
public final class Manifest {

    private static final int FORMAT = 3;

    /** The longest student.pt or weights.safetensors: a vehicle holds both in memory while it applies a delta. */
    public static final long MOST_FILE_BYTES = 1L << 30;

    /** The longest model card. */
    public static final long MOST_CARD_BYTES = 1L << 20;

    private Manifest() {}

    /**
     * Returns the object to store.
     *
     * @param signature over the canonical bytes; empty for an unsigned version
     */
    public static byte[] write(StudentVersion version, Optional<Signature> signature) {
        return SealedJson.seal(body(version), signature);
    }

    /** Returns the bytes that are hashed and signed. */
    public static byte[] canonical(StudentVersion version) {
        return SealedJson.canonical(body(version));
    }

    /** Returns the hash of the canonical bytes, in lower-case hexadecimal. */
    public static String sha256(StudentVersion version) {
        return Sha256.hex(canonical(version));
    }

    private static Map<String, Object> body(StudentVersion version) {
        Map<String, Object> body = new TreeMap<>();
        body.put("format", FORMAT);
        body.put("model", version.model());
        body.put("version", version.version());
        body.put("createdAt", version.createdAt().toString());
        body.put("writer", version.writer());
        body.put("epoch", version.epoch());
        Map<String, Object> artifacts = new TreeMap<>();
        version.artifacts()
                .forEach((artifact, blob) -> artifacts.put(
                        artifact.fileName(),
                        Map.of("key", blob.key(), "sha256", blob.sha256(), "bytes", blob.bytes())));
        body.put("artifacts", artifacts);
        body.put("lineage", version.lineage());
        body.put("metrics", version.metrics());
        body.put("config", version.config());
        return body;
    }

    /**
     * A version and its signature.
     *
     * @param signature not verified yet; empty for an unsigned version
     * @param body the whole document, with the fields that this build does not know: what was signed
     */
    public record Read(StudentVersion version, Optional<Signature> signature, ObjectNode body) {

        /** Returns why the version is not trusted, in a sentence; empty when one of the keys signed the whole document. */
        public Optional<String> distrust(TrustFile trust) {
            String which = version.model() + " version " + version.version();
            return signature.isEmpty()
                    ? Optional.of(which + " is not signed.")
                    : trust.distrust(which, SealedJson.canonical(body), signature.get());
        }
    }

    /**
     * Reads a manifest.
     *
     * @param key the key of the object, for the error
     * @throws RegistryException when the bytes are no manifest, or not the one that was written
     */
    public static Read read(byte[] bytes, String key) {
        SealedJson.Opened opened = SealedJson.open(bytes, key);
        ObjectNode body = opened.body();
        if (body.path("format").asInt() != FORMAT) {
            throw new RegistryException("The manifest " + key + " is of format " + body.path("format")
                    + "; this build reads format " + FORMAT + ": update it.");
        }
        try {
            StudentVersion version = version(body);
            requireBounds(version, key);
            return new Read(version, opened.signature(), body);
        } catch (RegistryException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // The messages of Jackson have several lines.
            throw new RegistryException(
                    "The manifest " + key + " is damaged: its fields are not those of a manifest.", e);
        }
    }

    /** What a manifest declares is read, written and held in memory: it is bounded before anything is. */
    private static void requireBounds(StudentVersion version, String key) {
        boolean complete = version.artifacts().containsKey(Artifact.STUDENT)
                && version.artifacts().containsKey(Artifact.CARD);
        if (!complete
                || !RegistryNames.isName(version.model())
                || version.version() < 1
                || version.version() > LogKeys.MOST) {
            throw new RegistryException(
                    "The manifest " + key + " is damaged: it does not name model, student and card of"
                            + " a version from 1 to " + LogKeys.MOST + ".");
        }
        version.artifacts()
                .forEach((artifact, blob) -> blob.requireBounds(
                        "The manifest " + key + " names a " + artifact.fileName(),
                        artifact == Artifact.CARD ? MOST_CARD_BYTES : MOST_FILE_BYTES));
    }

    private static StudentVersion version(ObjectNode body) throws IOException {
        Map<Artifact, StudentVersion.Blob> artifacts = new EnumMap<>(Artifact.class);
        for (Artifact artifact : Artifact.values()) {
            JsonNode blob = body.path("artifacts").path(artifact.fileName());
            if (blob.isObject()) {
                artifacts.put(artifact, CanonicalJson.lenient().treeToValue(blob, StudentVersion.Blob.class));
            }
        }
        return new StudentVersion(
                body.path("model").asText(),
                body.path("version").asLong(),
                Instant.parse(body.path("createdAt").asText()),
                body.path("writer").asText(),
                body.path("epoch").asLong(),
                artifacts,
                CanonicalJson.lenient().treeToValue(body.path("lineage"), Lineage.class),
                numbers((ObjectNode) body.path("metrics")),
                texts((ObjectNode) body.path("config")));
    }

    private static Map<String, Double> numbers(ObjectNode node) {
        Map<String, Double> values = new TreeMap<>();
        node.properties()
                .forEach(entry -> values.put(entry.getKey(), entry.getValue().asDouble(Double.NaN)));
        return values;
    }

    private static Map<String, String> texts(ObjectNode node) {
        Map<String, String> values = new TreeMap<>();
        node.properties()
                .forEach(entry -> values.put(entry.getKey(), entry.getValue().asText()));
        return values;
    }
}
