package dev.reflux.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.config.ConfigLoader;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.kafka.DeadLetter;
import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.trace.TraceContext;
import dev.reflux.datasets.DatasetCatalog;
import dev.reflux.datasets.FleetPlan;
import dev.reflux.fleet.push.FramePusher;
import dev.reflux.fleet.push.PushListener;
import dev.reflux.fleet.push.PushSettings;
import dev.reflux.integration.backbone.Backbone;
import dev.reflux.teacher.TeacherConfig;
import dev.reflux.teacher.TeacherListener;
import dev.reflux.teacher.TeacherService;
import dev.reflux.trainer.TrainerConfig;
import dev.reflux.trainer.TrainerListener;
import dev.reflux.trainer.TrainerService;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What services say of surroundings that will not do; and that a frame can be followed through all of them. */
@Timeout(300)
class SurroundingsTest {

    private static final Path MODELS = Path.of("../models");
    private static final String NOWHERE = "127.0.0.1:1";

    @TempDir
    private Path folder;

    private Backbone backbone;
    private KafkaSettings kafka;

    @BeforeEach
    void open() {
        backbone = Backbone.open(folder);
        kafka = backbone.kafka();
    }

    @AfterEach
    void close() {
        backbone.close();
    }

    @Test
    void givenSurroundingsThatWillNotDo_whenServicesStart_thenEachSaysInOneSentenceWhatAndWhatToDo() throws Exception {
        assertThatThrownBy(() -> Topics.require(kafka, List.of(Topics.FRAMES_LABELED), Duration.ofMillis(10)))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(Topics.FRAMES_LABELED)
                .hasMessageContaining("reflux topics");

        try (Admin admin = KafkaClients.admin(kafka)) {
            for (String topic : Topics.ALL) {
                admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1)
                                .configs(Map.of(
                                        "max.message.bytes",
                                        topic.equals(Topics.DEAD_LETTER) ? "1048588" : "9437184"))))
                        .all()
                        .get(20, TimeUnit.SECONDS);
            }
        }
        refuses(() -> teacher(Map.of()), Topics.DEAD_LETTER, "1048588", "9437184", "max.message.bytes");
        refuses(() -> trainer(Map.of()), Topics.DEAD_LETTER, "1048588", "9437184", "max.message.bytes");
        refuses(
                () -> teacher(Map.of(
                        "teacher.kafka.bootstrap-servers",
                        NOWHERE,
                        "teacher.kafka.properties.\"max.block.ms\"",
                        "300")),
                NOWHERE,
                "teacher.kafka.bootstrap-servers");
        refuses(() -> trainer(Map.of("trainer.compute.device", "cuda:7")), "cuda:7", "GPU", "device cpu or auto");
        refuses(() -> trainer(Map.of("trainer.store.secret-key-file", "/nowhere/key")), "/nowhere/key");
    }

    @Test
    void givenAStoreThatIsAwayAndAGpuThatIsNotThere_whenServicesStart_thenEachSaysSo() {
        Topics.ensure(kafka, new Topics.Plan(1, (short) 1, -1));

        refuses(() -> trainer(Map.of("trainer.store.endpoint", "http://" + NOWHERE)), NOWHERE, "check the endpoint");
        refuses(
                () -> trainer(Map.of("trainer.store.secret-key", "wrong")),
                backbone.store().bucket() + " at http",
                "check its keys");
        refuses(() -> teacher(Map.of("teacher.compute.device", "cuda:7")), "cuda:7", "GPU", "device cpu or auto");
    }

    @Test
    void givenNoTopicsYet_whenATeacherStarts_thenItWaitsForThemAndThenTakesFrames() throws Exception {
        CompletableFuture<TeacherService> starting = CompletableFuture.supplyAsync(() -> teacher(Map.of()));

        Topics.ensure(kafka, new Topics.Plan(1, (short) 1, -1));

        try (TeacherService teacher = starting.get(60, TimeUnit.SECONDS)) {
            await().atMost(Duration.ofSeconds(30)).until(teacher::ready);
        }
    }

    @Test
    void givenAFrame_whenItGoesThroughAllServices_thenSampleAndDeadLettersHaveItsTraceAndABadOneIsLeftOut()
            throws Exception {
        Topics.ensure(kafka, new Topics.Plan(1, (short) 1, -1));
        TraceContext poison = TraceContext.begin();
        TraceContext rubbish = TraceContext.begin();
        try (TeacherService teacher = teacher(Map.of());
                TrainerService trainer = trainer(Map.of());
                FramePusher pusher = FramePusher.open(PushSettings.to(kafka))) {
            pusher.push(FleetPlan.once(DatasetCatalog.open("synthetic:7,5"), "train"), 0, PushListener.SILENT);
            send(Topics.FRAMES_LABELED, poison::writeTo);
            send(
                    Topics.FRAMES_LABELED,
                    headers -> headers.add(TraceContext.HEADER, "00-not-a-trace".getBytes(StandardCharsets.US_ASCII)));
            send(Topics.DISTILLATION_SAMPLES, rubbish::writeTo);

            List<ConsumerRecord<byte[], byte[]>> letters = read(Topics.DEAD_LETTER, 3);

            Map<String, Optional<TraceContext>> pushed = traces(Topics.FRAMES_LABELED, 7);
            assertThat(pushed).hasSize(6);
            pushed.forEach(
                    (id, trace) -> assertThat(trace.isPresent() || id.isEmpty()).isTrue());
            Map<String, Optional<TraceContext>> taught = traces(Topics.DISTILLATION_SAMPLES, 6);
            taught.keySet().removeIf(String::isEmpty);
            pushed.keySet().removeIf(String::isEmpty);
            assertThat(taught).isEqualTo(pushed).hasSize(5);
            assertThat(letters.stream().map(DeadLetter::read))
                    .extracting(DeadLetter::stage, DeadLetter::trace)
                    .containsExactlyInAnyOrder(
                            org.assertj.core.groups.Tuple.tuple("teacher.ingest", Optional.of(poison)),
                            org.assertj.core.groups.Tuple.tuple("teacher.ingest", Optional.empty()),
                            org.assertj.core.groups.Tuple.tuple("trainer.ingest", Optional.of(rubbish)));
            assertThat(trainer.failure()).isEmpty();
        }
    }

    // ---- both ends -----------------------------------------------------------------------------------------------

    private static void refuses(Runnable start, String... told) {
        assertThatThrownBy(start::run)
                .isInstanceOf(UsageException.class)
                .message()
                .contains(told)
                .endsWith(".")
                .doesNotContain("\n");
    }

    private TeacherService teacher(Map<String, String> more) {
        Map<String, String> keys = new HashMap<>(Map.of(
                "teacher.kafka.bootstrap-servers", kafka.bootstrapServers(),
                "teacher.model.card", MODELS.resolve("teacher-synthetic.json").toString(),
                "teacher.compute.device", "cpu",
                "teacher.compute.threads", "1",
                "teacher.health.port", "0"));
        keys.putAll(more);
        return TeacherService.start(
                ConfigLoader.load(TeacherConfig.class, null, Map.of(), keys), TeacherListener.SILENT);
    }

    private TrainerService trainer(Map<String, String> more) {
        Map<String, String> keys = new HashMap<>(Map.of(
                "trainer.kafka.bootstrap-servers", kafka.bootstrapServers(),
                "trainer.student.card", MODELS.resolve("student-cnn.json").toString(),
                "trainer.student.label-schema", "synthetic-9",
                "trainer.student.fresh", "true",
                "trainer.compute.device", "cpu",
                "trainer.compute.threads", "1",
                "trainer.learning.linger", "PT0.2S",
                "trainer.checkpoint.folder", folder.resolve("checkpoints").toString(),
                "trainer.health.port", "0"));
        keys.put("trainer.student.name", "student-" + UUID.randomUUID());
        keys.put("trainer.store.endpoint", backbone.store().endpoint().toString());
        keys.put("trainer.store.bucket", backbone.store().bucket());
        keys.put("trainer.store.access-key", backbone.store().accessKey());
        if (!more.containsKey("trainer.store.secret-key-file")) {
            keys.put("trainer.store.secret-key", backbone.store().secretKey());
        }
        keys.putAll(more);
        return TrainerService.start(
                ConfigLoader.load(TrainerConfig.class, null, Map.of(), keys), new TrainerListener() {});
    }

    private void send(String topic, Consumer<Headers> trace) {
        try (var producer = KafkaClients.producer(kafka, Map.of())) {
            var record = new ProducerRecord<>(topic, new byte[] {1}, "no message".getBytes(StandardCharsets.UTF_8));
            trace.accept(record.headers());
            producer.send(record);
            producer.flush();
        }
    }

    /** Frame id, empty where there is none, → trace. */
    private Map<String, Optional<TraceContext>> traces(String topic, int atLeast) {
        boolean samples = topic.equals(Topics.DISTILLATION_SAMPLES);
        return read(topic, atLeast).stream()
                .collect(Collectors.toMap(
                        record -> samples
                                ? MessageCodec.frameIdInSample(record.value())
                                : MessageCodec.frameIdIn(record.value()),
                        record -> TraceContext.of(record.headers()),
                        (one, other) -> one));
    }

    private List<ConsumerRecord<byte[], byte[]>> read(String topic, int atLeast) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (var consumer = KafkaClients.consumer(kafka, "reader", Map.of())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            await().atMost(Duration.ofSeconds(60)).pollInSameThread().until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
                return records.size() >= atLeast;
            });
        }
        return records;
    }
}
