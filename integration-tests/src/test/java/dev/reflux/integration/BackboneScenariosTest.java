package dev.reflux.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reflux.common.config.ConfigLoader;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.kafka.Topics;
import dev.reflux.datasets.DatasetCatalog;
import dev.reflux.datasets.FleetPlan;
import dev.reflux.fleet.pull.PullPolicy;
import dev.reflux.fleet.pull.PulledStudent;
import dev.reflux.fleet.pull.StudentPuller;
import dev.reflux.fleet.push.FramePusher;
import dev.reflux.fleet.push.PushListener;
import dev.reflux.fleet.push.PushSettings;
import dev.reflux.integration.backbone.Backbone;
import dev.reflux.registry.format.AliasNames;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.store.ModelRegistry;
import dev.reflux.teacher.TeacherConfig;
import dev.reflux.teacher.TeacherListener;
import dev.reflux.teacher.TeacherService;
import dev.reflux.trainer.TrainerConfig;
import dev.reflux.trainer.TrainerListener;
import dev.reflux.trainer.TrainerService;
import dev.reflux.trainer.checkpoint.TrainerState;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The path from frame to pulled student on whichever {@link Backbone} there is: the same scenario on each. */
class BackboneScenariosTest {

    private static final Path MODELS = Path.of("../models").toAbsolutePath().normalize();
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int FRAMES = 24;
    private static final byte[] DAMAGED = "not a frame".getBytes(StandardCharsets.UTF_8);

    @TempDir
    static Path folder;

    private static Backbone backbone;

    private final String model = "student-" + UUID.randomUUID();

    @BeforeAll
    static void open() {
        backbone = Backbone.open(folder);
        Topics.ensure(backbone.kafka(), new Topics.Plan(2, (short) 1, -1));
    }

    @AfterAll
    static void close() {
        backbone.close();
    }

    @Test
    void givenFramesAndADamagedOne_whenTrainerIsStoppedAndStartedInMidStream_thenEachCountsOnceAndTheStudentIsPulled() {
        push(0, FRAMES / 2);
        pushDamaged();
        TrainerState.Counts counts;
        try (TeacherService teacher = TeacherService.start(teacher(), TeacherListener.SILENT)) {
            try (TrainerService first = TrainerService.start(trainer(), new TrainerListener() {})) {
                await().atMost(PATIENCE).until(() -> first.counts().trained() >= 8);
            }
            push(FRAMES / 2, FRAMES);

            try (TrainerService second = TrainerService.start(trainer(), new TrainerListener() {})) {
                second.finishAfter(FRAMES);
                assertThat(second.failure()).isEmpty();
                counts = second.counts();
            }
            assertThat(teacher.failure()).isEmpty();
        }

        assertThat(counts.trained() + counts.heldOut()).isEqualTo(FRAMES);
        assertThat(counts.duplicates()).isZero();
        assertThat(counts.deadLettered()).isZero();
        assertThat(CommittedRecords.of(backbone.kafka(), Topics.DEAD_LETTER)).containsExactly(DAMAGED);
        try (ModelRegistry registry = ModelRegistry.open(backbone.store())) {
            StudentVersion latest =
                    registry.reader().resolve(model, AliasNames.LATEST).orElseThrow();
            assertThat(latest.lineage().framesTrained()).isEqualTo(counts.trained());
            assertThat(registry.catalog().versions(model, 1))
                    .extracting(StudentVersion::version)
                    .isEqualTo(java.util.stream.LongStream.rangeClosed(1, latest.version())
                            .boxed()
                            .toList());
            PulledStudent pulled = new StudentPuller(
                            registry.reader(), model, folder.resolve(model), PullPolicy.DEFAULT)
                    .pull(AliasNames.LATEST);
            assertThat(pulled.version()).isEqualTo(latest.version());
            assertThat(registry.catalog().check(model, Optional.empty()).findings())
                    .isEmpty();
        }
    }

    @Test
    void givenATopicThatIsNotThere_whenItIsRequired_thenOneSentenceSaysHowToMakeIt() {
        List<String> wanted = List.of(Topics.FRAMES_LABELED, "frames.nowhere");

        assertThatThrownBy(() -> Topics.require(backbone.kafka(), wanted, Duration.ZERO))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("frames.nowhere")
                .hasMessageContaining("reflux topics");
        assertThatCode(() -> Topics.require(
                        backbone.kafka(), List.of(Topics.FRAMES_LABELED, Topics.DEAD_LETTER), Duration.ZERO))
                .doesNotThrowAnyException();
    }

    @Test
    void givenNoBroker_whenTopicsAreRequired_thenOneSentenceNamesTheAddress() {
        KafkaSettings nowhere =
                new KafkaSettings("127.0.0.1:1", Map.of("request.timeout.ms", "500", "default.api.timeout.ms", "500"));

        assertThatThrownBy(() -> Topics.require(nowhere, Topics.ALL, Duration.ZERO))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("No Kafka broker answers at 127.0.0.1:1");
    }

    private static void push(long from, long to) {
        FleetPlan plan = new FleetPlan(DatasetCatalog.open("synthetic:1," + FRAMES), "train", 2, 1, 0).first(to);
        try (FramePusher pusher = FramePusher.open(PushSettings.to(backbone.kafka()))) {
            pusher.push(plan, from, PushListener.SILENT);
        }
    }

    private static void pushDamaged() {
        try (KafkaProducer<byte[], byte[]> producer = KafkaClients.producer(backbone.kafka(), Map.of())) {
            producer.send(new ProducerRecord<>(Topics.FRAMES_LABELED, DAMAGED));
        }
    }

    private static TeacherConfig teacher() {
        Map<String, String> config = new HashMap<>();
        config.put("teacher.kafka.bootstrap-servers", backbone.kafka().bootstrapServers());
        config.put(
                "teacher.model.card", MODELS.resolve("teacher-synthetic.json").toString());
        config.put("teacher.compute.device", "cpu");
        config.put("teacher.compute.threads", "1");
        config.put("teacher.health.port", "0");
        return ConfigLoader.load(TeacherConfig.class, null, Map.of(), config);
    }

    private TrainerConfig trainer() {
        Map<String, String> config = new HashMap<>();
        config.put("trainer.kafka.bootstrap-servers", backbone.kafka().bootstrapServers());
        config.put("trainer.student.name", model);
        config.put("trainer.student.card", MODELS.resolve("student-cnn.json").toString());
        config.put("trainer.student.label-schema", "synthetic-9");
        config.put("trainer.student.fresh", "true");
        config.put("trainer.store.endpoint", backbone.store().endpoint().toString());
        config.put("trainer.store.bucket", backbone.store().bucket());
        config.put("trainer.store.access-key", backbone.store().accessKey());
        config.put("trainer.store.secret-key", backbone.store().secretKey());
        config.put("trainer.checkpoint.folder", folder.resolve("checkpoints").toString());
        config.put("trainer.checkpoint.every-frames", "4");
        config.put("trainer.checkpoint.publish-every-frames", "8");
        config.put("trainer.learning.updates", "1");
        config.put("trainer.compute.device", "cpu");
        config.put("trainer.compute.threads", "1");
        config.put("trainer.health.port", "0");
        return ConfigLoader.load(TrainerConfig.class, null, Map.of(), config);
    }
}
