package dev.reflux.integration.backbone;

import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.registry.store.StoreSettings;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.testcontainers.DockerClientFactory;

/**
 * The broker and the store under a scenario. The switch is {@code -Dreflux.backbone=}: {@code embedded}, {@code containers},
 * or {@code auto} (default): containers where a Docker engine has or can pull the images, embedded else. Whichever it is,
 * {@code REFLUX_S3_ENDPOINT} (with _ACCESS_KEY, _SECRET_KEY, _BUCKET) names a store that is used instead.
 */
public interface Backbone extends AutoCloseable {

    KafkaSettings kafka();

    StoreSettings store();

    /** One line for the log. */
    String description();

    @Override
    void close();

    /** @param folder for what is embedded */
    static Backbone open(Path folder) {
        return open(folder, System.getProperty("reflux.backbone", "auto"), System.getenv());
    }

    private static Backbone open(Path folder, String kind, Map<String, String> environment) {
        Backbone chosen =
                switch (kind) {
                    case "embedded" -> new EmbeddedBackbone(folder);
                    case "containers" -> new ContainerBackbone();
                    case "auto" -> automatic(folder);
                    default ->
                        throw new IllegalArgumentException(
                                "reflux.backbone is \"" + kind + "\"; use embedded, containers or auto");
                };
        String endpoint = environment.getOrDefault("REFLUX_S3_ENDPOINT", "");
        Backbone backbone = endpoint.isEmpty() ? chosen : new GivenStore(chosen, given(endpoint, environment));
        // Above what the tests' log lets through: which of the two ran is what a reader of it wants to know.
        System.out.println("[backbone] " + backbone.description());
        return backbone;
    }

    private static Backbone automatic(Path folder) {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            return new EmbeddedBackbone(folder);
        }
        try {
            return new ContainerBackbone();
        } catch (RuntimeException e) {
            System.out.println("[backbone] Docker is there, but its containers cannot be had: " + e.getMessage());
            return new EmbeddedBackbone(folder);
        }
    }

    private static StoreSettings given(String endpoint, Map<String, String> environment) {
        return new StoreSettings(
                URI.create(endpoint),
                environment.getOrDefault("REFLUX_S3_REGION", "us-east-1"),
                environment.getOrDefault("REFLUX_S3_BUCKET", "reflux-integration"),
                environment.getOrDefault("REFLUX_S3_ACCESS_KEY", ""),
                environment.getOrDefault("REFLUX_S3_SECRET_KEY", ""));
    }

    /** Another one's broker, and a store that the environment names. */
    record GivenStore(Backbone brokers, StoreSettings store) implements Backbone {
        @Override
        public KafkaSettings kafka() {
            return brokers.kafka();
        }

        @Override
        public String description() {
            return brokers.description() + "; but the store is " + store.endpoint() + " (REFLUX_S3_ENDPOINT)";
        }

        @Override
        public void close() {
            brokers.close();
        }
    }
}
