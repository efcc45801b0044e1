package dev.reflux.registry.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reflux.registry.format.signing.Signature;
import dev.reflux.registry.format.signing.SigningKey;
import dev.reflux.registry.format.signing.TrustFile;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An entry of an alias as a sealed object. The body names its model, alias and number, so that a signed pointer cannot
 * take the place of another one. A change that goes backwards on purpose says so ({@code "rollback":true}): a vehicle follows it,
 * and refuses a pointer with a smaller number than the last that it has seen.
 *
 * @param model the name of the model line
 * @param alias the name of the alias
 * @param change the content
 * @param body the bytes that are hashed and signed
 * @param signature not verified yet; empty for an unsigned pointer
 */
public record AliasPointer(
        String model, String alias, AliasChange change, ObjectNode body, Optional<Signature> signature) {

    private static final String ROLLBACK = "rollback";

    /**
     * Returns the object to store.
     *
     * @param key signs the pointer; empty for an unsigned one
     */
    public static byte[] write(String model, String alias, AliasChange change, Optional<SigningKey> key) {
        Map<String, Object> body = new TreeMap<>(Map.of(
                "model", model,
                "alias", alias,
                "number", change.number(),
                "version", change.version(),
                "newest", change.newest(),
                "at", change.at().toString(),
                "by", change.by(),
                "reason", change.reason()));
        if (change.rollback()) {
            body.put(ROLLBACK, true);
        }
        return SealedJson.seal(body, key.map(signer -> signer.sign(SealedJson.canonical(body))));
    }

    /**
     * Reads the object with the given number.
     *
     * @throws RegistryException when the object is damaged, or is the pointer of another alias or number
     */
    public static AliasPointer read(byte[] bytes, String model, String alias, long number) {
        String key = BucketLayout.alias(model, alias).of(number);
        SealedJson.Opened opened = SealedJson.open(bytes, key);
        JsonNode body = opened.body();
        boolean here = body.path("number").asLong() == number
                && body.path("alias").asText().equals(alias)
                && body.path("model").asText().equals(model);
        if (!here) {
            throw new RegistryException("The object " + key + " is another pointer: it was moved.");
        }
        AliasChange change = change(body, number, key);
        requireHonestFlag(body.path(ROLLBACK), change, key);
        return new AliasPointer(model, alias, change, opened.body(), opened.signature());
    }

    private static AliasChange change(JsonNode body, long number, String key) {
        long version = body.path("version").asLong();
        long newest = body.path("newest").asLong();
        if (version < 1 || version > LogKeys.MOST || newest < version) {
            throw new RegistryException("The object " + key + " points at version " + body.path("version") + " after "
                    + body.path("newest") + ", which no registry writes: it is refused.");
        }
        try {
            return new AliasChange(
                    number,
                    version,
                    newest,
                    Instant.parse(body.path("at").asText()),
                    body.path("by").asText(),
                    body.path("reason").asText());
        } catch (DateTimeException e) {
            throw new RegistryException("The object " + key + " is damaged: its time is none.", e);
        }
    }

    /** A record without the flag is of a version that had none: it says the same by its numbers. */
    private static void requireHonestFlag(JsonNode flag, AliasChange change, String key) {
        boolean honest = flag.isMissingNode() || flag.isBoolean() && flag.booleanValue() == change.rollback();
        if (!honest) {
            throw new RegistryException("The object " + key + " says rollback " + flag + " and points at version "
                    + change.version() + " after version " + change.newest() + ": it is refused.");
        }
    }

    /** Returns why the pointer is not trusted, in a sentence; empty when one of the keys signed it. */
    public Optional<String> distrust(TrustFile trust) {
        String which = "The alias " + alias + " of " + model + " (pointer " + change.number() + ")";
        return signature.isEmpty()
                ? Optional.of(which + " is not signed; point it with \"models promote --key\".")
                : trust.distrust(which, SealedJson.canonical(body), signature.get());
    }
}
