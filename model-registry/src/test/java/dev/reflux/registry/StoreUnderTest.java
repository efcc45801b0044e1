package dev.reflux.registry;

import dev.reflux.embedded.EmbeddedS3;
import dev.reflux.registry.store.MinioStore;
import dev.reflux.registry.store.ObjectStore;
import dev.reflux.registry.store.StoreSettings;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;

/** The store that a suite runs against, and a line that says which. */
public final class StoreUnderTest implements AutoCloseable {

    public static final String REAL = "REFLUX_S3_ENDPOINT";

    private final AutoCloseable server;
    private final StoreSettings settings;

    private StoreUnderTest(AutoCloseable server, StoreSettings settings, String suite) {
        this.server = server;
        this.settings = settings;
        System.out.println(suite + " runs against "
                + (server instanceof EmbeddedS3 ? "the embedded store" : "the store " + settings) + ".");
    }

    public static StoreUnderTest embedded(Path directory, Class<?> suite) {
        EmbeddedS3 s3 = EmbeddedS3.start(directory);
        return new StoreUnderTest(
                s3,
                new StoreSettings(s3.endpoint(), "us-east-1", "reflux", s3.accessKey(), s3.secretKey()),
                suite.getSimpleName());
    }

    /** The one that the environment names. */
    public static StoreUnderTest real(Class<?> suite) {
        Map<String, String> environment = System.getenv();
        return new StoreUnderTest(
                () -> {},
                new StoreSettings(
                        URI.create(environment.get(REAL)),
                        environment.getOrDefault("REFLUX_S3_REGION", "us-east-1"),
                        environment.getOrDefault("REFLUX_S3_BUCKET", "reflux-test"),
                        environment.getOrDefault("REFLUX_S3_ACCESS_KEY", ""),
                        environment.getOrDefault("REFLUX_S3_SECRET_KEY", "")),
                suite.getSimpleName());
    }

    public StoreSettings settings() {
        return settings;
    }

    public ObjectStore open() {
        return MinioStore.open(settings);
    }

    @Override
    public void close() throws Exception {
        server.close();
    }
}
