package dev.reflux.cli.options;

import dev.reflux.common.failure.UsageException;
import dev.reflux.embedded.EmbeddedS3;
import dev.reflux.registry.client.HttpObjectSource;
import dev.reflux.registry.client.ObjectSource;
import dev.reflux.registry.client.RegistryReader;
import dev.reflux.registry.format.signing.SigningKey;
import dev.reflux.registry.store.MinioStore;
import dev.reflux.registry.store.ModelRegistry;
import dev.reflux.registry.store.ObjectStore;
import dev.reflux.registry.store.RegistryCatalog;
import dev.reflux.registry.store.StoreSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the registry's bucket is: an S3 endpoint, or the folder that a quickstart left. */
public final class StoreOptions {

    @Option(
            names = "--s3",
            paramLabel = "URL",
            defaultValue = "${env:REFLUX_S3_ENDPOINT:-http://localhost:9000}",
            description = "S3 endpoint (REFLUX_S3_ENDPOINT; default: ${DEFAULT-VALUE}).")
    private URI endpoint = URI.create("http://localhost:9000");

    @Option(
            names = "--bucket",
            defaultValue = "${env:REFLUX_S3_BUCKET:-reflux}",
            description = "Bucket (REFLUX_S3_BUCKET; default: ${DEFAULT-VALUE}).")
    private String bucket = "";

    @Option(
            names = "--region",
            defaultValue = "${env:REFLUX_S3_REGION:-us-east-1}",
            description = "Region (REFLUX_S3_REGION; default: ${DEFAULT-VALUE}).")
    private String region = "";

    @Option(
            names = "--access-key",
            defaultValue = "${env:REFLUX_S3_ACCESS_KEY:-}",
            description = "Access key (REFLUX_S3_ACCESS_KEY).")
    private String accessKey = "";

    @Option(
            names = "--secret-key-file",
            paramLabel = "FILE",
            defaultValue = "${env:REFLUX_S3_SECRET_KEY_FILE:-" + Option.NULL_VALUE + "}",
            description = "File whose first line is the secret key (REFLUX_S3_SECRET_KEY_FILE, or the key itself in"
                    + " REFLUX_S3_SECRET_KEY).")
    private @Nullable Path secretKeyFile;

    @Option(
            names = "--local",
            paramLabel = "DIR",
            description = "The folder of a quickstart run, instead of an S3 endpoint.")
    private @Nullable Path local;

    @Option(
            names = "--registry",
            paramLabel = "URL",
            description = "A registry's HTTP API instead of the store; for reading only.")
    private @Nullable URI registry;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "File whose first line is the token for --registry (or REFLUX_REGISTRY_TOKEN).")
    private @Nullable Path tokenFile;

    /**
     * An open registry.
     *
     * @param source the bucket, directly or through the HTTP API
     * @param writable the registry to write to; empty through the HTTP API
     * @param server closed after the source
     */
    public record Opened(ObjectSource source, Optional<ModelRegistry> writable, AutoCloseable server)
            implements AutoCloseable {

        public RegistryReader reader() {
            return new RegistryReader(source);
        }

        public RegistryCatalog catalog() {
            return new RegistryCatalog(source);
        }

        /** @throws UsageException through the HTTP API */
        public ModelRegistry registry() {
            return writable.orElseThrow(StoreOptions::readOnly);
        }

        @Override
        public void close() throws Exception {
            source.close();
            server.close();
        }
    }

    /** A bucket and, for a local folder, the server under it. */
    public record OpenedStore(ObjectStore store, AutoCloseable server) implements AutoCloseable {
        @Override
        public void close() throws Exception {
            store.close();
            server.close();
        }
    }

    public Opened open() {
        return open(null);
    }

    /** @param keyFile signs what is written */
    public Opened open(@Nullable Path keyFile) {
        Optional<SigningKey> key = Optional.ofNullable(keyFile).map(SigningKey::read);
        if (registry != null) {
            return new Opened(new HttpObjectSource(registry, token()), Optional.empty(), () -> {});
        }
        OpenedStore opened = openStore();
        ModelRegistry writable = new ModelRegistry(opened.store(), Clock.systemUTC(), key);
        return new Opened(opened.store(), Optional.of(writable), opened.server());
    }

    private static UsageException readOnly() {
        return new UsageException(
                "The registry behind --registry is for reading only here; give the store's address to write.");
    }

    /**
     * Opens the bucket, to write.
     *
     * @throws UsageException when there is only the HTTP API
     */
    public OpenedStore openStore() {
        if (registry != null) {
            throw readOnly();
        }
        if (local != null) {
            Path folder = local.resolve("store");
            if (!Files.isDirectory(folder)) {
                throw new UsageException("There is no store in " + local
                        + "; give the --out folder of a quickstart, or the address of a store with --s3.");
            }
            EmbeddedS3 store = EmbeddedS3.start(folder);
            return new OpenedStore(
                    MinioStore.open(new StoreSettings(
                            store.endpoint(), "us-east-1", "reflux", store.accessKey(), store.secretKey())),
                    store);
        }
        return new OpenedStore(
                MinioStore.open(new StoreSettings(endpoint, region, bucket, accessKey, secretKey())), () -> {});
    }

    /** The API's address, when one was given. */
    public Optional<URI> registry() {
        return Optional.ofNullable(registry);
    }

    public String token() {
        if (tokenFile != null) {
            return firstLine(tokenFile, "token");
        }
        String fromEnvironment = System.getenv("REFLUX_REGISTRY_TOKEN");
        if (fromEnvironment == null) {
            throw new UsageException(
                    "The registry at " + registry + " needs a token; set REFLUX_REGISTRY_TOKEN or give --token-file.");
        }
        return fromEnvironment;
    }

    private String secretKey() {
        if (secretKeyFile == null) {
            String fromEnvironment = System.getenv("REFLUX_S3_SECRET_KEY");
            if (fromEnvironment == null || accessKey.isEmpty()) {
                throw new UsageException("The store at " + endpoint
                        + " needs keys; set REFLUX_S3_ACCESS_KEY and REFLUX_S3_SECRET_KEY (or REFLUX_S3_SECRET_KEY_FILE), or"
                        + " use --local DIR for a quickstart's store.");
            }
            return fromEnvironment;
        }
        return firstLine(secretKeyFile, "secret key");
    }

    private static String firstLine(Path file, String what) {
        try {
            return Files.readString(file).lines().findFirst().orElse("");
        } catch (IOException e) {
            throw new UsageException("The " + what + " cannot be read from " + file + "; check the path.", e);
        }
    }
}
