package dev.reflux.registry.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reflux.common.model.Sha256;
import dev.reflux.registry.format.signing.Signature;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Small objects under a seal, as canonical JSON ({@code RFC 8785}):
 *
 * <pre>
 * {"body":{…},"seal":{"canon":"RFC8785","ed25519":"BASE64","key":"ID","sha256":"HEX"}}
 * </pre>
 *
 * The hash, and the signature if there is one, are over the bytes of the body as they stand in the object. An object of
 * which any byte was changed is refused. Stateless: any thread.
 */
public final class SealedJson {

    /** The longest object that is read. The largest manifests of a long line have some ten thousand bytes. */
    public static final int MOST_BYTES = 4 << 20;

    private static final String CANON = "RFC8785";
    private static final Pattern KEY_ID = Pattern.compile("[0-9a-f]{1,64}");
    private static final Set<String> PARTS = Set.of("body", "seal");
    private static final Set<String> SEAL = Set.of("canon", "sha256", "key", "ed25519");

    private SealedJson() {}

    /** Returns the bytes of a body that are hashed and signed. */
    public static byte[] canonical(Map<String, ?> body) {
        return CanonicalJson.write(body);
    }

    /** Returns the bytes of a body that are hashed and signed. */
    public static byte[] canonical(ObjectNode body) {
        return CanonicalJson.write(body);
    }

    /**
     * Returns the object to store.
     *
     * @param signature over the canonical body; empty for an unsigned object
     */
    public static byte[] seal(Map<String, ?> body, Optional<Signature> signature) {
        Map<String, Object> seal = new TreeMap<>();
        seal.put("canon", CANON);
        seal.put("sha256", Sha256.hex(canonical(body)));
        signature.ifPresent(by -> {
            seal.put("key", by.keyId());
            seal.put("ed25519", by.base64());
        });
        return CanonicalJson.write(Map.of("body", body, "seal", seal));
    }

    /**
     * A body whose hash is right.
     *
     * @param body the whole content, with the fields that this build does not know; its canonical bytes are those that stand
     *     in the object, which are those that were signed
     * @param signature not verified yet; empty for an unsigned object
     */
    public record Opened(ObjectNode body, Optional<Signature> signature) {}

    /**
     * Opens an object.
     *
     * @param key the key of the object, for the error
     * @throws RegistryException when the bytes are not exactly what {@link #seal} wrote
     */
    public static Opened open(byte[] bytes, String key) {
        if (bytes.length > MOST_BYTES) {
            throw damaged(key, "it has " + bytes.length + " bytes, over the " + MOST_BYTES + " that it may have", null);
        }
        JsonNode root;
        try {
            root = CanonicalJson.mapper().readTree(bytes);
        } catch (IOException e) {
            throw damaged(key, "it is not JSON", e);
        }
        JsonNode seal = root.path("seal");
        if (!(root.path("body") instanceof ObjectNode body) || !seal.isObject()) {
            throw damaged(key, "it has no seal", null);
        }
        requireCanon(seal, key);
        // Nothing but the body is hashed and signed: whatever else stands there is nobody's word.
        if (!PARTS.containsAll(names(root)) || !SEAL.containsAll(names(seal))) {
            throw damaged(key, "it has parts beside its body that no seal covers", null);
        }
        try {
            if (!Sha256.hex(canonical(body)).equals(seal.path("sha256").asText())) {
                throw damaged(key, "its seal does not fit its content", null);
            }
            if (!Arrays.equals(CanonicalJson.write(root), bytes)) {
                throw damaged(key, "its bytes are not the canonical ones", null);
            }
        } catch (IllegalArgumentException e) {
            throw damaged(key, "its content has no canonical form", e);
        }
        if (seal.has("key") && !KEY_ID.matcher(seal.path("key").asText()).matches()) {
            throw damaged(key, "the id of its key is none", null);
        }
        Optional<Signature> signature = seal.has("ed25519")
                ? Optional.of(new Signature(
                        seal.path("key").asText(), seal.path("ed25519").asText()))
                : Optional.empty();
        return new Opened(body, signature);
    }

    private static Set<String> names(JsonNode object) {
        Set<String> names = new HashSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static void requireCanon(JsonNode seal, String key) {
        if (!seal.has("canon")) {
            throw new RegistryException(
                    "The object " + key + " was sealed by Reflux 0.1, whose seals this version cannot"
                            + " verify; publish the students again into an empty bucket.");
        }
        if (!seal.path("canon").asText().equals(CANON)) {
            throw new RegistryException("The object " + key + " is sealed in the form " + seal.path("canon")
                    + "; this version reads " + CANON + ": update it.");
        }
    }

    private static RegistryException damaged(String key, String why, @Nullable Exception e) {
        String sentence = "The object " + key + " is damaged: " + why + ".";
        return e == null ? new RegistryException(sentence) : new RegistryException(sentence, e);
    }
}
