package dev.reflux.teacher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.config.ConfigLoader;
import dev.reflux.common.kafka.DeadLetter;
import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.message.DistillationSample;
import dev.reflux.common.model.ModelCard;
import dev.reflux.embedded.EmbeddedKafka;
import dev.reflux.torch.model.ProjectionHeadFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** A broker, the tiny teacher with a head, and both ends of the path. */
final class TeacherBench implements AutoCloseable {

    static final Path CARD = Path.of("../../models/fixtures/tiny-teacher.json");

    private final EmbeddedKafka broker;
    private final KafkaSettings kafka;
    private final Path head;
    private final Producer<byte[], byte[]> cameras;

    TeacherBench(Path directory, int partitions) {
        broker = EmbeddedKafka.start(directory.resolve("kafka"));
        kafka = KafkaSettings.of(broker.bootstrapServers());
        Topics.ensure(kafka, new Topics.Plan(partitions, (short) 1, -1));
        head = directory.resolve("head.safetensors");
        head().write(head);
        cameras = KafkaClients.producer(kafka, Map.of());
    }

    static ProjectionHeadFile head() {
        Random random = new Random(1);
        float[] weight = new float[weights()];
        for (int i = 0; i < weight.length; i++) {
            weight[i] = (float) random.nextGaussian();
        }
        return head(weight, new float[] {-1, -0.5f, 0, 0.5f, 1});
    }

    /** Returns a head of finite numbers whose results are not finite for any image. */
    static ProjectionHeadFile overflowingHead() {
        float[] weight = new float[weights()];
        float[] bias = new float[5];
        Arrays.fill(weight, Float.MAX_VALUE);
        Arrays.fill(bias, Float.MAX_VALUE);
        return head(weight, bias);
    }

    private static int weights() {
        ModelCard card = ModelCard.read(CARD);
        return card.labelSchema().classCount() * card.featuresChannels();
    }

    private static ProjectionHeadFile head(float[] weight, float[] bias) {
        ModelCard card = ModelCard.read(CARD);
        return ProjectionHeadFile.of(card.name(), card.labelSchema().id(), weight, bias, false, Map.of());
    }

    TeacherConfig config(String transactionalId, Map<String, String> more) {
        return ConfigLoader.load(TeacherConfig.class, null, Map.of(), keys(transactionalId, more));
    }

    Map<String, String> keys(String transactionalId, Map<String, String> more) {
        Map<String, String> keys = new HashMap<>();
        keys.put("teacher.kafka.bootstrap-servers", kafka.bootstrapServers());
        keys.put("teacher.kafka.transactional-id", transactionalId);
        keys.put("teacher.model.card", CARD.toString());
        keys.put("teacher.model.projection", head.toString());
        keys.put("teacher.compute.device", "cpu");
        keys.put("teacher.compute.threads", "1");
        keys.put("teacher.health.port", "0");
        keys.putAll(more);
        return keys;
    }

    KafkaSettings kafka() {
        return kafka;
    }

    void push(int from, int to) {
        for (int i = from; i < to; i++) {
            String id = "frame-" + i;
            push("camera-" + i % 8, SampleFrames.value(SampleFrames.sound(id)));
        }
    }

    void push(String camera, byte[] value) {
        cameras.send(new ProducerRecord<>(Topics.FRAMES_LABELED, camera.getBytes(StandardCharsets.UTF_8), value));
        cameras.flush();
    }

    /** Everything committed to the topic, once the condition on it holds. */
    List<ConsumerRecord<byte[], byte[]>> committed(String topic, int atLeast, Duration within, BooleanSupplier goOn) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        long deadline = System.nanoTime() + within.toNanos();
        try (KafkaConsumer<byte[], byte[]> reader = KafkaClients.consumer(kafka, "reader", Map.of())) {
            List<TopicPartition> partitions = reader.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            reader.assign(partitions);
            reader.seekToBeginning(partitions);
            while (records.size() < atLeast && goOn.getAsBoolean() && System.nanoTime() < deadline) {
                reader.poll(Duration.ofMillis(50)).forEach(records::add);
            }
            // Whatever is there beyond what was waited for is to be seen too.
            reader.poll(Duration.ofMillis(300)).forEach(records::add);
        }
        assertThat(records.size()).as("records committed to " + topic).isGreaterThanOrEqualTo(atLeast);
        return records;
    }

    List<DistillationSample> samples(int atLeast) throws Exception {
        List<DistillationSample> samples = new ArrayList<>();
        for (var record : committed(Topics.DISTILLATION_SAMPLES, atLeast, Duration.ofSeconds(40), () -> true)) {
            samples.add(MessageCodec.sample(record.value()));
        }
        return samples;
    }

    List<DeadLetter> deadLetters(int atLeast) {
        return committed(Topics.DEAD_LETTER, atLeast, Duration.ofSeconds(40), () -> true).stream()
                .map(DeadLetter::read)
                .toList();
    }

    static List<String> ids(List<DistillationSample> samples) {
        return samples.stream().map(sample -> sample.getFrame().getFrameId()).toList();
    }

    @Override
    public void close() {
        cameras.close();
        broker.close();
    }
}
