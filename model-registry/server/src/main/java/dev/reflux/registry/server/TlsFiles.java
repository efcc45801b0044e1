package dev.reflux.registry.server;

import dev.reflux.common.failure.UsageException;
import io.vertx.core.Vertx;
import io.vertx.core.net.PemKeyCertOptions;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.util.Arrays;
import java.util.Objects;
import javax.net.ssl.X509KeyManager;

/** The files of TLS. A server would start with the key of another certificate, and then fail every handshake. Stateless. */
final class TlsFiles {

    private static final String[] KEY_TYPES = {"RSA", "EC", "EdDSA"};
    private static final byte[] PROBE = "the same pair".getBytes(StandardCharsets.US_ASCII);

    private TlsFiles() {}

    /** Returns the files as Vert.x takes them. */
    static PemKeyCertOptions options(HttpSettings.Tls tls) {
        return new PemKeyCertOptions()
                .setCertPath(tls.certificate().toString())
                .setKeyPath(tls.key().toString());
    }

    /** @throws UsageException when a file cannot be read, or the key is that of another certificate */
    static void requirePair(Vertx vertx, HttpSettings.Tls tls) {
        boolean pair;
        try {
            X509KeyManager keys =
                    (X509KeyManager) options(tls).getKeyManagerFactory(vertx).getKeyManagers()[0];
            String alias = Arrays.stream(KEY_TYPES)
                    .map(type -> keys.getServerAliases(type, null))
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElseThrow(() -> new InvalidKeyException("their algorithm is not RSA, EC or EdDSA"))[0];
            pair = isPair(keys.getPrivateKey(alias), keys.getCertificateChain(alias)[0].getPublicKey());
        } catch (Exception e) {
            throw new UsageException(
                    "The certificate " + tls.certificate() + " and its key " + tls.key() + " cannot be used ("
                            + e.getMessage() + "); give PEM files.",
                    e);
        }
        if (!pair) {
            throw new UsageException("The key in " + tls.key() + " does not belong to the certificate in "
                    + tls.certificate() + "; give the key that the certificate was made for.");
        }
    }

    private static boolean isPair(PrivateKey secret, PublicKey open) throws GeneralSecurityException {
        Signature engine = Signature.getInstance(
                switch (secret.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> secret.getAlgorithm();
                });
        engine.initSign(secret);
        engine.update(PROBE);
        byte[] signed = engine.sign();
        try {
            engine.initVerify(open);
            engine.update(PROBE);
            return engine.verify(signed);
        } catch (InvalidKeyException | SignatureException e) {
            return false;
        }
    }
}
