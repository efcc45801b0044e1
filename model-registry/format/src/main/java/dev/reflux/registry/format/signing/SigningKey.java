package dev.reflux.registry.format.signing;

import dev.reflux.common.failure.Cause;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.model.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/**
 * The key that signs versions and aliases. Its id is the beginning of the hash of its public half. Immutable: any thread.
 */
public final class SigningKey {

    private static final String ALGORITHM = "Ed25519";
    private static final int ID_DIGITS = 16;

    private final PrivateKey secret;
    private final PublicKey open;

    private SigningKey(PrivateKey secret, PublicKey open) {
        this.secret = secret;
        this.open = open;
    }

    /** Creates a key. */
    public static SigningKey generate() {
        try {
            KeyPair pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
            return new SigningKey(pair.getPrivate(), pair.getPublic());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }

    /**
     * Reads a key.
     *
     * @throws UsageException when the file is not one that {@link #write} made
     */
    public static SigningKey read(Path file) {
        try {
            String[] lines = Files.readString(file)
                    .lines()
                    .filter(line -> !line.startsWith("#") && !line.isBlank())
                    .toArray(String[]::new);
            KeyFactory keys = KeyFactory.getInstance(ALGORITHM);
            if (lines.length == 2) {
                return new SigningKey(
                        keys.generatePrivate(
                                new PKCS8EncodedKeySpec(Base64.getDecoder().decode(lines[0]))),
                        keys.generatePublic(
                                new X509EncodedKeySpec(Base64.getDecoder().decode(lines[1]))));
            }
            throw new IllegalArgumentException("it does not have two lines");
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new UsageException(
                    file + " is no signing key (" + Cause.of(e) + "); make one with \"reflux models key\".", e);
        }
    }

    /**
     * Writes the key to a file that only its owner may read.
     *
     * @throws UsageException when the file is there already or cannot be written
     */
    public void write(Path file) {
        Base64.Encoder base64 = Base64.getEncoder();
        String text = "# Ed25519 signing key " + id() + ": keep it secret\n"
                + base64.encodeToString(secret.getEncoded()) + "\n" + publicKey() + "\n";
        try {
            Path made = Files.createFile(
                    file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(made, text, StandardOpenOption.WRITE);
        } catch (IOException | UnsupportedOperationException e) {
            throw new UsageException(
                    "The signing key cannot be written to " + file + " (" + Cause.of(e)
                            + "); give a path where there is no file yet.",
                    e);
        }
    }

    /** Returns the id, sixteen hexadecimal digits. */
    public String id() {
        return idOf(open);
    }

    static String idOf(PublicKey key) {
        return Sha256.hex(key.getEncoded()).substring(0, ID_DIGITS);
    }

    /** Returns the public half, which vehicles get: X.509 in base64. */
    public String publicKey() {
        return Base64.getEncoder().encodeToString(open.getEncoded());
    }

    /** Returns the signature of this key over some bytes. */
    public Signature sign(byte[] content) {
        try {
            java.security.Signature engine = java.security.Signature.getInstance(ALGORITHM);
            engine.initSign(secret);
            engine.update(content);
            return new Signature(id(), Base64.getEncoder().encodeToString(engine.sign()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("an Ed25519 key signs", e);
        }
    }

    /** Returns the id only: keys do not belong in logs. */
    @Override
    public String toString() {
        return "SigningKey " + id();
    }
}
