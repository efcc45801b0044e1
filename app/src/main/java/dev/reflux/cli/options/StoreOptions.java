package dev.reflux.cli.options;

import dev.reflux.common.failure.UsageException;
import dev.reflux.embedded.EmbeddedS3;
import dev.reflux.registry.client.HttpObjectSource;
import dev.reflux.registry.client.ObjectSource;
import dev.reflux.registry.client.RegistryReader;
import dev.reflux.registry.format.signing.SigningKey;
import dev.reflux.registry.server.S3Options;
import dev.reflux.registry.store.MinioStore;
import dev.reflux.registry.store.ModelRegistry;
import dev.reflux.registry.store.ObjectStore;
import dev.reflux.registry.store.RegistryCatalog;
import dev.reflux.registry.store.StoreSettings;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that name a registry: an S3 endpoint, the folder of a quickstart, or the HTTP API. */
public final class StoreOptions {

    @Mixin
    private S3Options s3 = new S3Options();

    @Option(
            names = "--local",
            paramLabel = "DIR",
            description = "Folder of a quickstart run, in place of an S3 endpoint.")
    private @Nullable Path local;

    @Option(
            names = "--registry",
            paramLabel = "URL",
            description = "HTTP API of a registry, in place of the store; read-only.")
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

    /** An open bucket and, for a local folder, its server. */
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

    /**
     * Opens the registry.
     *
     * @param keyFile the key that signs what is written; null for none
     */
    public Opened open(@Nullable Path keyFile) {
        Optional<SigningKey> key = Optional.ofNullable(keyFile).map(SigningKey::read);
        if (registry != null) {
            return new Opened(new HttpObjectSource(registry, token()), Optional.empty(), () -> {});
        }
        OpenedStore opened = openStore();
        ModelRegistry writable = new ModelRegistry(opened.store(), Clock.systemUTC(), key);
        return new Opened(opened.store(), Optional.of(writable), opened.server());
    }

    /**
     * Opens the registry to move aliases. The key of a quickstart's folder signs them unless another one is given: its
     * vehicles trust no other.
     *
     * @param keyFile the key that signs what is written; null for the one of the folder, if there is one
     */
    public Opened openSigned(@Nullable Path keyFile) {
        if (keyFile == null && local != null) {
            Path own = local.resolve("work").resolve("signing.key");
            return open(Files.exists(own) ? own : null);
        }
        return open(keyFile);
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
        return new OpenedStore(MinioStore.open(s3.settings(", or use --local DIR for a quickstart's store")), () -> {});
    }

    /** Returns the address of the HTTP API, if one was given. */
    public Optional<URI> registry() {
        return Optional.ofNullable(registry);
    }

    public String token() {
        if (tokenFile != null) {
            return S3Options.firstLine(tokenFile, "token");
        }
        String fromEnvironment = System.getenv("REFLUX_REGISTRY_TOKEN");
        if (fromEnvironment == null) {
            throw new UsageException(
                    "The registry at " + registry + " needs a token; set REFLUX_REGISTRY_TOKEN or give --token-file.");
        }
        return fromEnvironment;
    }
}
