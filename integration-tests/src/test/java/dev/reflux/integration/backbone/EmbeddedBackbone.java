package dev.reflux.integration.backbone;

import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.embedded.EmbeddedKafka;
import dev.reflux.embedded.EmbeddedS3;
import dev.reflux.registry.store.StoreSettings;
import java.nio.file.Path;

/** Broker and store inside this JVM. */
final class EmbeddedBackbone implements Backbone {

    private final EmbeddedKafka broker;
    private final EmbeddedS3 store;

    EmbeddedBackbone(Path folder) {
        broker = EmbeddedKafka.start(folder.resolve("kafka"));
        store = EmbeddedS3.start(folder.resolve("store"));
    }

    @Override
    public KafkaSettings kafka() {
        return KafkaSettings.of(broker.bootstrapServers());
    }

    @Override
    public StoreSettings store() {
        return new StoreSettings(store.endpoint(), "us-east-1", "reflux", store.accessKey(), store.secretKey());
    }

    @Override
    public String description() {
        return "embedded: a Kafka broker and an S3 endpoint in this JVM";
    }

    @Override
    public void close() {
        broker.close();
        store.close();
    }
}
