package dev.reflux.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/**
 * An S3 endpoint on loopback over a folder of files. Signatures are checked, {@code If-None-Match: *} is atomic, and
 * objects survive a restart. {@code If-Match}, versioning and object lock are not offered.
 */
public final class EmbeddedS3 implements AutoCloseable {

    /** Access key of a store that only this machine can reach. */
    public static final String ACCESS_KEY = "reflux-local";
    /** Secret key of that store. It is no secret: the folder protects the objects. */
    public static final String SECRET_KEY = "reflux-local-secret";

    private static final String LOOPBACK = "127.0.0.1";
    private static final long LARGEST_PLAIN_PUT = 256L << 20;

    private final S3Proxy proxy;
    private final String accessKey;
    private final String secretKey;

    private EmbeddedS3(S3Proxy proxy, String accessKey, String secretKey) {
        this.proxy = proxy;
        this.accessKey = accessKey;
        this.secretKey = secretKey;
    }

    /** Starts an endpoint on a free port. */
    public static EmbeddedS3 start(Path directory) {
        return start(directory, 0);
    }

    /** Starts an endpoint on a given port (0: a free one) and returns when it accepts requests. */
    public static EmbeddedS3 start(Path directory, int port) {
        return start(directory, LOOPBACK, port, ACCESS_KEY, SECRET_KEY);
    }

    /** Starts an endpoint that others can reach, on an address of this host and with keys of its own. */
    public static EmbeddedS3 start(Path directory, String host, int port, String accessKey, String secretKey) {
        return start(
                directory, S3Proxy.builder().endpoint(URI.create("http://" + host + ":" + port)), accessKey, secretKey);
    }

    /**
     * Starts an endpoint on a free port of loopback that is reached by TLS only.
     *
     * @param keyStore the PKCS 12 file of its key and certificate
     * @param password the password of that file
     */
    public static EmbeddedS3 startGuarded(
            Path directory, Path keyStore, String password, String accessKey, String secretKey) {
        return start(
                directory,
                S3Proxy.builder()
                        .secureEndpoint(URI.create("https://" + LOOPBACK + ":0"))
                        .keyStore(keyStore.toString(), password),
                accessKey,
                secretKey);
    }

    private static EmbeddedS3 start(Path directory, S3Proxy.Builder address, String accessKey, String secretKey) {
        try {
            Files.createDirectories(directory);
            // Under a relative path the store lists nothing.
            String base = directory.toAbsolutePath().normalize().toString();
            S3Proxy proxy = address.blobStore(new FilesystemNio2BlobStore(base))
                    .awsAuthentication(AuthenticationType.AWS_V4, accessKey, secretKey)
                    .v4MaxNonChunkedRequestSize(LARGEST_PLAIN_PUT)
                    .build();
            proxy.start();
            return new EmbeddedS3(proxy, accessKey, secretKey);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Exception e) {
            throw new IllegalStateException("the embedded store cannot start on " + directory, e);
        }
    }

    public URI endpoint() {
        int secure = proxy.getSecurePort();
        return secure > 0
                ? URI.create("https://" + LOOPBACK + ":" + secure)
                : URI.create("http://" + LOOPBACK + ":" + proxy.getPort());
    }

    public String accessKey() {
        return accessKey;
    }

    public String secretKey() {
        return secretKey;
    }

    @Override
    public void close() {
        try {
            proxy.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the embedded store cannot stop", e);
        }
    }
}
