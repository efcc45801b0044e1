package dev.reflux.registry.format;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.reflux.common.failure.Cause;
import java.io.IOException;
import org.erdtman.jcs.JsonCanonicalizer;

/**
 * JSON in the canonical form of RFC 8785 (JCS): the same content is the same bytes in every language and on every JDK.
 * Stateless: any thread.
 */
final class CanonicalJson {

    /** Integers beyond this are not exact in a double, which is what RFC 8785 has for every number. */
    private static final long LARGEST_INTEGER = (1L << 53) - 1;

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static final ObjectMapper LENIENT = JSON.copy().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private CanonicalJson() {}

    /** Returns the mapper that reads what this class writes. It refuses an object with two values of one name. */
    static ObjectMapper mapper() {
        return JSON;
    }

    /** Returns a mapper for records of which a later version may have more fields; signatures cover those too. */
    static ObjectMapper lenient() {
        return LENIENT;
    }

    /**
     * Returns the canonical bytes, in UTF-8.
     *
     * @param content maps, lists, records, texts, numbers; a number that is not finite becomes a text
     * @throws IllegalArgumentException when an integer is beyond ±(2^53 − 1)
     */
    static byte[] write(Object content) {
        JsonNode tree = JSON.valueToTree(content);
        requireExactIntegers(tree);
        return write(tree);
    }

    /**
     * Returns the canonical bytes of JSON that was read, in UTF-8.
     *
     * @throws IllegalArgumentException when it has no canonical form
     */
    static byte[] write(JsonNode tree) {
        try {
            return new JsonCanonicalizer(JSON.writeValueAsBytes(tree)).getEncodedUTF8();
        } catch (IOException e) {
            throw new IllegalArgumentException("The content has no canonical form: " + Cause.of(e) + ".", e);
        }
    }

    private static void requireExactIntegers(JsonNode node) {
        if (node.isIntegralNumber()
                && (!node.canConvertToLong()
                        || node.longValue() > LARGEST_INTEGER
                        || node.longValue() < -LARGEST_INTEGER)) {
            throw new IllegalArgumentException("The integer " + node + " is beyond 2^53 - 1; write it as a text.");
        }
        node.forEach(CanonicalJson::requireExactIntegers);
    }
}
