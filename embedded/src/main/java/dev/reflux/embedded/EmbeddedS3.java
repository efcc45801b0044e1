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
 * An S3 endpoint on loopback over a folder of files. Signatures are checked, {@code If-None-Match: *} is atomic, and the
 * objects are there again after a restart. {@code If-Match}, versioning and object lock are not offered.
 */
public final class EmbeddedS3 implements AutoCloseable {

    private static final String ACCESS_KEY = "reflux-local";
    private static final String SECRET_KEY = "reflux-local-secret";
    private static final long LARGEST_PLAIN_PUT = 256L << 20;

    private final S3Proxy proxy;

    private EmbeddedS3(S3Proxy proxy) {
        this.proxy = proxy;
    }

    /** Starts on a free port. */
    public static EmbeddedS3 start(Path directory) {
        return start(directory, 0);
    }

    /** Starts on a given port (0: a free one) and returns once it takes requests. */
    public static EmbeddedS3 start(Path directory, int port) {
        try {
            Files.createDirectories(directory);
            // Under a relative path the store lists nothing.
            String base = directory.toAbsolutePath().normalize().toString();
            S3Proxy proxy = S3Proxy.builder()
                    .blobStore(new FilesystemNio2BlobStore(base))
                    .awsAuthentication(AuthenticationType.AWS_V4, ACCESS_KEY, SECRET_KEY)
                    .endpoint(URI.create("http://127.0.0.1:" + port))
                    .v4MaxNonChunkedRequestSize(LARGEST_PLAIN_PUT)
                    .build();
            proxy.start();
            return new EmbeddedS3(proxy);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Exception e) {
            throw new IllegalStateException("the embedded store cannot start on " + directory, e);
        }
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + proxy.getPort());
    }

    public String accessKey() {
        return ACCESS_KEY;
    }

    public String secretKey() {
        return SECRET_KEY;
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
