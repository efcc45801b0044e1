package dev.reflux.registry.signing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.common.failure.UsageException;
import java.io.IOException;
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
import java.util.TreeMap;

/**
 * The public keys that a vehicle trusts. A key is replaced by giving vehicles the new one beside the old one, then
 * signing with the new one, then taking the old one away.
 *
 * <p>As a file: {@code {"keys":["BASE64 OF X.509", …]}}.
 */
public final class TrustFile {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, PublicKey> keys;

    private TrustFile(Map<String, PublicKey> keys) {
        this.keys = keys;
    }

    /** Trust in keys as {@link SigningKey#publicKey()} gives them. */
    public static TrustFile of(Collection<String> publicKeys) {
        Map<String, PublicKey> keys = new TreeMap<>();
        for (String base64 : publicKeys) {
            try {
                PublicKey key = KeyFactory.getInstance("Ed25519")
                        .generatePublic(
                                new X509EncodedKeySpec(Base64.getDecoder().decode(base64)));
                keys.put(SigningKey.idOf(key), key);
            } catch (GeneralSecurityException | IllegalArgumentException e) {
                throw new UsageException("\"" + base64 + "\" is no public Ed25519 key in base64; copy it anew.", e);
            }
        }
        return new TrustFile(keys);
    }

    /** @throws UsageException when the file cannot be read or holds no keys */
    public static TrustFile read(Path file) {
        List<String> found = new ArrayList<>();
        try {
            for (JsonNode key : JSON.readTree(Files.readAllBytes(file)).path("keys")) {
                found.add(key.asText());
            }
        } catch (IOException e) {
            throw new UsageException("The trust file " + file + " cannot be read (" + e.getMessage() + ").", e);
        }
        if (found.isEmpty()) {
            throw new UsageException(
                    "The trust file " + file + " names no keys; it should read {\"keys\":[\"BASE64\"]}.");
        }
        return of(found);
    }

    /** The keys as {@link #of} takes them. */
    public List<String> publicKeys() {
        return keys.values().stream()
                .map(key -> Base64.getEncoder().encodeToString(key.getEncoded()))
                .toList();
    }

    /** Writes the file that vehicles get. */
    public void write(Path file) {
        try {
            Files.write(file, JSON.writeValueAsBytes(Map.of("keys", publicKeys())));
        } catch (IOException e) {
            throw new UsageException("The trust file cannot be written to " + file + " (" + e.getMessage() + ").", e);
        }
    }

    /** What became of a signature. */
    public enum Verdict {
        GOOD,
        UNKNOWN_KEY,
        WRONG
    }

    /** Holds a signature against content. */
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
            // Base64's last digit has bits that mean nothing: only one way to write a signature is taken.
            boolean canonical = Base64.getEncoder().encodeToString(bytes).equals(signature.base64());
            return canonical && engine.verify(bytes) ? Verdict.GOOD : Verdict.WRONG;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return Verdict.WRONG;
        }
    }

    /** Ids of the keys, sorted. */
    public List<String> keyIds() {
        return List.copyOf(keys.keySet());
    }
}
