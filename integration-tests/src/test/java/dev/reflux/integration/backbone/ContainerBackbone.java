package dev.reflux.integration.backbone;

import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.registry.store.StoreSettings;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.testcontainers.containers.MinIOContainer;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/** Broker and store as containers, of the images that docker-compose.yml uses. */
final class ContainerBackbone implements Backbone {

    private final KafkaContainer broker;
    private final MinIOContainer store;
    private final String images;

    ContainerBackbone() {
        Properties compose = new Properties();
        try (Reader env = Files.newBufferedReader(Path.of("../.env"))) {
            compose.load(env);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        images = compose.getProperty("KAFKA_IMAGE") + " and " + compose.getProperty("MINIO_IMAGE");
        broker = new KafkaContainer(DockerImageName.parse(compose.getProperty("KAFKA_IMAGE"))
                        .asCompatibleSubstituteFor("apache/kafka"))
                .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
                .withEnv("KAFKA_MESSAGE_MAX_BYTES", "9437184")
                .withEnv("KAFKA_REPLICA_FETCH_MAX_BYTES", "9437184")
                .withEnv("KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR", "1")
                .withEnv("KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR", "1");
        store = new MinIOContainer(
                DockerImageName.parse(compose.getProperty("MINIO_IMAGE")).asCompatibleSubstituteFor("minio/minio"));
        try {
            broker.start();
            store.start();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    @Override
    public KafkaSettings kafka() {
        return KafkaSettings.of(broker.getBootstrapServers());
    }

    @Override
    public StoreSettings store() {
        return new StoreSettings(
                URI.create(store.getS3URL()), "us-east-1", "reflux", store.getUserName(), store.getPassword());
    }

    @Override
    public String description() {
        return "containers: " + images;
    }

    @Override
    public void close() {
        broker.stop();
        store.stop();
    }
}
