package dev.reflux.trainer;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.common.config.ConfigLoader;
import dev.reflux.common.kafka.DeadLetter;
import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.model.ModelCard;
import dev.reflux.embedded.EmbeddedKafka;
import dev.reflux.embedded.EmbeddedS3;
import dev.reflux.registry.format.AliasChange;
import dev.reflux.registry.format.AliasNames;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.store.MinioStore;
import dev.reflux.registry.store.ModelRegistry;
import dev.reflux.registry.store.ObjectStore;
import dev.reflux.registry.store.StoreSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** A broker, a store, and both ends of the trainer's path. */
final class TrainerBench implements AutoCloseable {

    private final Path directory;
    private final EmbeddedKafka broker;
    private final EmbeddedS3 store;
    private final KafkaSettings kafka;
    private final Producer<byte[], byte[]> teacher;

    TrainerBench(Path directory) {
        this.directory = directory;
        broker = EmbeddedKafka.start(directory.resolve("kafka"));
        store = EmbeddedS3.start(directory.resolve("store"));
        kafka = KafkaSettings.of(broker.bootstrapServers());
        Topics.ensure(kafka, new Topics.Plan(1, (short) 1, -1));
        teacher = KafkaClients.producer(kafka, Map.of());
    }

    /** The address of the store. */
    URI store() {
        return store.endpoint();
    }

    TrainerConfig config(String checkpoints, Map<String, String> more) {
        return ConfigLoader.load(TrainerConfig.class, null, Map.of(), keys(checkpoints, more));
    }

    Map<String, String> keys(String checkpoints, Map<String, String> more) {
        Map<String, String> keys = new HashMap<>();
        keys.put("trainer.kafka.bootstrap-servers", kafka.bootstrapServers());
        keys.put("trainer.student.card", Samples.STUDENT.toString());
        keys.put("trainer.student.fresh", "true");
        keys.put("trainer.store.endpoint", store.endpoint().toString());
        keys.put("trainer.store.access-key", store.accessKey());
        keys.put("trainer.store.secret-key", store.secretKey());
        keys.put("trainer.checkpoint.folder", directory.resolve(checkpoints).toString());
        keys.put("trainer.checkpoint.every-frames", "8");
        keys.put("trainer.checkpoint.publish-every-frames", "16");
        keys.put("trainer.learning.updates", "1");
        keys.put("trainer.learning.warm-up-frames", "8");
        keys.put("trainer.learning.holdout-fraction", "0.2");
        // Windows fill by count alone, so that a run can be repeated bit by bit.
        keys.put("trainer.learning.linger", "PT1H");
        keys.put("trainer.compute.device", "cpu");
        keys.put("trainer.compute.threads", "1");
        keys.put("trainer.health.port", "0");
        keys.putAll(more);
        return keys;
    }

    void push(byte[] value) {
        teacher.send(new ProducerRecord<>(Topics.DISTILLATION_SAMPLES, "camera".getBytes(), value));
        teacher.flush();
    }

    void pushTo(int partition, byte[] value) {
        teacher.send(new ProducerRecord<>(Topics.DISTILLATION_SAMPLES, partition, "camera".getBytes(), value));
        teacher.flush();
    }

    /** Deletes the topic of samples and makes it anew, and waits until the broker has done both. */
    void makeTheTopicAnew() throws Exception {
        try (Admin admin = KafkaClients.admin(kafka)) {
            String before = topicId(admin);
            admin.deleteTopics(List.of(Topics.DISTILLATION_SAMPLES)).all().get();
            await().atMost(Duration.ofSeconds(60)).ignoreExceptions().until(() -> {
                Topics.ensure(kafka, new Topics.Plan(1, (short) 1, -1));
                return !topicId(admin).equals(before);
            });
        }
    }

    private static String topicId(Admin admin) throws Exception {
        return admin.describeTopics(List.of(Topics.DISTILLATION_SAMPLES))
                .allTopicNames()
                .get()
                .get(Topics.DISTILLATION_SAMPLES)
                .topicId()
                .toString();
    }

    /** Removes records as retention does. */
    void removeBefore(long offset) throws Exception {
        try (Admin admin = KafkaClients.admin(kafka)) {
            admin.deleteRecords(Map.of(
                            new TopicPartition(Topics.DISTILLATION_SAMPLES, 0), RecordsToDelete.beforeOffset(offset)))
                    .all()
                    .get();
        }
    }

    void addPartitions(int total) throws Exception {
        try (Admin admin = KafkaClients.admin(kafka)) {
            admin.createPartitions(Map.of(Topics.DISTILLATION_SAMPLES, NewPartitions.increaseTo(total)))
                    .all()
                    .get();
        }
    }

    void push(int from, int to) {
        for (int i = from; i < to; i++) {
            push(Samples.value(Samples.sound(i)));
        }
    }

    /** Everything that stands in a topic of one partition now. */
    List<ConsumerRecord<byte[], byte[]>> all(String topic) {
        TopicPartition partition = new TopicPartition(topic, 0);
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> reader = KafkaClients.consumer(kafka, "reader", Map.of())) {
            reader.assign(List.of(partition));
            reader.seekToBeginning(List.of(partition));
            long end = reader.endOffsets(List.of(partition)).get(partition);
            while (reader.position(partition) < end) {
                reader.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }

    List<DeadLetter> deadLetters() {
        return all(Topics.DEAD_LETTER).stream().map(DeadLetter::read).toList();
    }

    /** The next offset that Kafka has for a group; -1 for none. */
    long committed(String group) throws Exception {
        try (Admin admin = KafkaClients.admin(kafka)) {
            var offsets = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get();
            var offset = offsets.get(new TopicPartition(Topics.DISTILLATION_SAMPLES, 0));
            return offset == null ? -1 : offset.offset();
        }
    }

    List<StudentVersion> versions() {
        try (ModelRegistry registry = ModelRegistry.open(bucket())) {
            return registry.catalog().versions("student", 1);
        }
    }

    /** Returns the card that a version has published. */
    ModelCard card(StudentVersion version) {
        try (ObjectStore bucket = MinioStore.open(bucket())) {
            String key = version.artifacts().get(Artifact.CARD).key();
            return ModelCard.parse(new String(bucket.read(key).orElseThrow(), StandardCharsets.UTF_8));
        }
    }

    /** The version that the champion points at; 0 for none. */
    long champion() {
        try (ModelRegistry registry = ModelRegistry.open(bucket())) {
            return registry.reader()
                    .current("student", AliasNames.CHAMPION)
                    .map(AliasChange::version)
                    .orElse(0L);
        }
    }

    private StoreSettings bucket() {
        return new StoreSettings(store.endpoint(), "us-east-1", "reflux", store.accessKey(), store.secretKey());
    }

    /** The files of fates, of the first version first. */
    List<JsonNode> fates() throws IOException {
        List<JsonNode> files = new ArrayList<>();
        try (ObjectStore bucket = MinioStore.open(bucket())) {
            for (StudentVersion version : versions()) {
                files.add(new ObjectMapper()
                        .readTree(bucket.read(version.lineage().fates().key()).orElseThrow()));
            }
        }
        return files;
    }

    @Override
    public void close() {
        teacher.close();
        store.close();
        broker.close();
    }
}
