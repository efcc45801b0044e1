package dev.reflux.registry.format.signing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.common.failure.Cause;
import dev.reflux.common.failure.UsageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The public keys that a vehicle trusts. To replace a key, add the new one, sign with the new one, then remove the old one.
 *
 * <p>The file is {@code {"keys":["BASE64 OF X.509", …]}}. A vehicle with such a file takes neither a version nor an alias that
 * none of the keys signed. {@code "signedAliases":true} has {@code models verify} check the history of the aliases too.
 * Immutable: any thread.
 */
public final class TrustFile {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final int MOST_BYTES = 1 << 20;
    private static final String SIGNED_ALIASES = "signedAliases";

    private final Map<String, PublicKey> keys;
    private final boolean signedAliases;

    private TrustFile(Map<String, PublicKey> keys, boolean signedAliases) {
        this.keys = keys;
        this.signedAliases = signedAliases;
    }

    /** Returns the same keys with another requirement on aliases. */
    public TrustFile withSignedAliases(boolean asked) {
        return new TrustFile(keys, asked);
    }

    /** Returns whether the whole history of the aliases must be signed too. */
    public boolean asksForSignedAliases() {
        return signedAliases;
    }

    /** Creates a trust file from keys as {@link SigningKey#publicKey()} returns them. */
    public static TrustFile of(Collection<String> publicKeys) {
        Map<String, PublicKey> keys = new TreeMap<>();
        for (String base64 : publicKeys) {
            try {
                PublicKey key = KeyFactory.getInstance("Ed25519")
                        .generatePublic(
                                new X509EncodedKeySpec(Base64.getDecoder().decode(base64)));
                keys.put(SigningKey.idOf(key), key);
            } catch (GeneralSecurityException | IllegalArgumentException e) {
                throw new UsageException(
                        "\"" + Cause.oneLine(base64) + "\" is no public Ed25519 key in base64; copy it anew.", e);
            }
        }
        return new TrustFile(keys, false);
    }

    /** @throws UsageException when the file cannot be read or holds no keys */
    public static TrustFile read(Path file) {
        List<String> found = new ArrayList<>();
        JsonNode root = content(file);
        boolean aliases = root.path(SIGNED_ALIASES).asBoolean();
        for (JsonNode key : root.path("keys")) {
            found.add(key.asText());
        }
        if (found.isEmpty()) {
            throw new UsageException(
                    "The trust file " + file + " names no keys; it should read {\"keys\":[\"BASE64\"]}.");
        }
        try {
            return of(found).withSignedAliases(aliases);
        } catch (UsageException e) {
            throw new UsageException("The trust file " + file + " is damaged: " + e.getMessage(), e);
        }
    }

    private static JsonNode content(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new UsageException(
                        "The trust file " + file + " has over " + MOST_BYTES + " bytes; it is no trust file.");
            }
            return JSON.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw new UsageException(
                    "The trust file " + file + " is not JSON; it should read {\"keys\":[\"BASE64\"]}.", e);
        } catch (IOException e) {
            throw new UsageException(
                    "The trust file " + file + " cannot be read (" + e.getMessage() + "); check the path.", e);
        }
    }

    /** Returns the keys as {@link #of} takes them. */
    public List<String> publicKeys() {
        return keys.values().stream()
                .map(key -> Base64.getEncoder().encodeToString(key.getEncoded()))
                .toList();
    }

    /** Writes the file that vehicles get. */
    public void write(Path file) {
        try {
            Map<String, Object> content = new TreeMap<>(Map.of("keys", publicKeys()));
            if (signedAliases) {
                content.put(SIGNED_ALIASES, true);
            }
            Files.write(file, JSON.writeValueAsBytes(content));
        } catch (IOException e) {
            throw new UsageException("The trust file cannot be written to " + file + " (" + Cause.of(e) + ").", e);
        }
    }

    /** The result of a verification. */
    public enum Verdict {
        GOOD,
        UNKNOWN_KEY,
        WRONG
    }

    /** Verifies a signature over some content. */
    public Verdict judge(byte[] content, Signature signature) {
        PublicKey key = keys.get(signature.keyId());
        if (key == null) {
            return Verdict.UNKNOWN_KEY;
        }
        try {
            java.security.Signature engine = java.security.Signature.getInstance("Ed25519");
            engine.initVerify(key);
            engine.update(content);
            byte[] bytes = Base64.getDecoder().decode(signature.base64());
            // The last base64 digit has unused bits: only one spelling of a signature is accepted.
            boolean canonical = Base64.getEncoder().encodeToString(bytes).equals(signature.base64());
            return canonical && engine.verify(bytes) ? Verdict.GOOD : Verdict.WRONG;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return Verdict.WRONG;
        }
    }

    /**
     * Returns why a signature is not accepted, in a sentence; empty when one of these keys made it over the content.
     *
     * @param which the subject of the sentence, such as "student version 7"
     */
    public Optional<String> distrust(String which, byte[] content, Signature signature) {
        String by = signature.keyId();
        return switch (judge(content, signature)) {
            case GOOD -> Optional.empty();
            case UNKNOWN_KEY ->
                Optional.of(which + " is signed with key " + by + ", which is not among the trusted ones " + keyIds()
                        + ".");
            case WRONG -> Optional.of(which + " carries a signature of key " + by + " that does not fit it.");
        };
    }

    /** Returns the ids of the keys, sorted. */
    public List<String> keyIds() {
        return List.copyOf(keys.keySet());
    }
}
