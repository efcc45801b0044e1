package dev.reflux.registry.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reflux.common.model.Sha256;
import dev.reflux.registry.format.signing.Signature;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Small objects as canonical JSON under a seal: {@code {"body":{…},"seal":{"sha256":"…"}}}, keys sorted, no spaces, so
 * that the same content is the same bytes on every JDK. The hash is the body's; a signature, if there is one, is over
 * the body too. An object of which any byte was changed is refused.
 */
public final class SealedJson {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            // JDK 17 and 19 print some doubles differently; this writer does not.
            .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private SealedJson() {}

    /** The one mapper whose bytes are canonical. */
    static ObjectMapper mapper() {
        return JSON;
    }

    /** The bytes that are hashed and signed. */
    public static byte[] canonical(Map<String, ?> body) {
        return write(new TreeMap<>(body));
    }

    /** The same of a body that was read. */
    public static byte[] canonical(ObjectNode body) {
        return write(body);
    }

    /** The object: a body with its seal. */
    public static byte[] seal(Map<String, ?> body, Optional<Signature> signature) {
        Map<String, Object> seal = new TreeMap<>();
        seal.put("sha256", Sha256.hex(canonical(body)));
        signature.ifPresent(by -> {
            seal.put("key", by.keyId());
            seal.put("ed25519", by.base64());
        });
        return write(new TreeMap<>(Map.of("body", new TreeMap<>(body), "seal", seal)));
    }

    /** A body whose seal is whole, and who signed it. That the signature is right has not been looked at. */
    public record Opened(ObjectNode body, Optional<Signature> signature) {}

    /** @throws RegistryException when the bytes are not exactly what {@link #seal} wrote */
    public static Opened open(byte[] bytes, String key) {
        JsonNode root;
        try {
            root = JSON.readTree(bytes);
        } catch (IOException e) {
            throw damaged(key, "it is not JSON", e);
        }
        if (!(root.path("body") instanceof ObjectNode body)
                || !root.path("seal").isObject()) {
            throw damaged(key, "it has no seal; if an older build wrote it, publish it anew", null);
        }
        JsonNode seal = root.path("seal");
        String sha256 = Sha256.hex(write(body));
        if (!sha256.equals(seal.path("sha256").asText())) {
            throw damaged(key, "its seal does not fit its content", null);
        }
        if (!Arrays.equals(write(root), bytes)) {
            throw damaged(key, "its bytes are not the canonical ones", null);
        }
        Optional<Signature> signature = seal.has("ed25519")
                ? Optional.of(new Signature(
                        seal.path("key").asText(), seal.path("ed25519").asText()))
                : Optional.empty();
        return new Opened(body, signature);
    }

    private static RegistryException damaged(String key, String why, @org.jspecify.annotations.Nullable Exception e) {
        String sentence = "The object " + key + " is damaged: " + why + ".";
        return e == null ? new RegistryException(sentence) : new RegistryException(sentence, e);
    }

    private static byte[] write(Object content) {
        try {
            // Through a tree of sorted maps, so that what was read is written as what was built.
            Object sorted = JSON.treeToValue(JSON.valueToTree(content), Object.class);
            return JSON.writeValueAsString(sorted).getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a sealed object is JSON", e);
        }
    }
}
