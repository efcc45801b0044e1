package dev.reflux.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.kafka.Topics;
import dev.reflux.datasets.DatasetCatalog;
import dev.reflux.datasets.FleetPlan;
import dev.reflux.embedded.EmbeddedKafka;
import dev.reflux.embedded.EmbeddedS3;
import dev.reflux.embedded.LoopbackPorts;
import dev.reflux.fleet.push.FramePusher;
import dev.reflux.fleet.push.PushListener;
import dev.reflux.fleet.push.PushSettings;
import dev.reflux.integration.process.ServiceProcess;
import dev.reflux.registry.format.AliasNames;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.store.ModelRegistry;
import dev.reflux.registry.store.StoreSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Teacher and trainer as processes whose broker or store comes late, goes away, and comes back; and what SIGTERM does to
 * them. Broker and store are the embedded ones, which can be ended and started again on the same port.
 */
@Timeout(300)
class OutageTest {

    private static final Path MODELS = Path.of("../models").toAbsolutePath().normalize();
    private static final Map<String, String> SECRETS = Map.of("REFLUX_TRAINER_STORE_SECRET_KEY", EmbeddedS3.SECRET_KEY);
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int FAILED = 1;
    private static final int FRAMES = 12;

    @TempDir
    Path folder;

    private final int teacherHealth = LoopbackPorts.free();
    private final int trainerHealth = LoopbackPorts.free();
    private final List<ServiceProcess> started = new ArrayList<>();
    private EmbeddedKafka broker;
    private EmbeddedS3 store;
    private int storePort;

    @BeforeEach
    void open() {
        broker = EmbeddedKafka.start(folder.resolve("kafka"));
        store = EmbeddedS3.start(folder.resolve("store"));
        storePort = store.endpoint().getPort();
    }

    @AfterEach
    void close() {
        started.forEach(ServiceProcess::close);
        store.close();
        broker.close();
    }

    @Test
    void
            givenTopicsThatComeLateAndABrokerThatGoesAway_whenItIsBack_thenServicesWereUnreadySaidSoAndEachFrameCountsOnce()
                    throws Exception {
        ServiceProcess teacher = teacher("teacher", teacherHealth);
        ServiceProcess trainer = trainer();
        await().atMost(PATIENCE)
                .until(() -> trainer.said().contains("Waiting up to")
                        && teacher.said().contains("Waiting up to"));
        assertThat(ready(teacher, teacherHealth)).isFalse();
        assertThat(ready(trainer, trainerHealth)).isFalse();
        Topics.ensure(kafka(), new Topics.Plan(1, (short) 1, -1));
        await().atMost(PATIENCE).until(() -> ready(teacher, teacherHealth) && ready(trainer, trainerHealth));
        push(0, FRAMES / 2);
        await().atMost(PATIENCE).until(() -> counted(trainer) > 0);
        int port = broker.port();
        broker.close();
        await().atMost(PATIENCE)
                .until(() -> trainer.body(url(trainerHealth, "/readyz"))
                                .contains("No Kafka broker answers at 127.0.0.1:" + port)
                        && teacher.body(url(teacherHealth, "/readyz"))
                                .contains("No Kafka broker answers at 127.0.0.1:" + port));
        assertThat(trainer.status(url(trainerHealth, "/livez"))).isEqualTo(200);
        assertThat(teacher.status(url(teacherHealth, "/livez"))).isEqualTo(200);

        broker = EmbeddedKafka.start(folder.resolve("kafka"), port);

        await().atMost(PATIENCE).until(() -> ready(teacher, teacherHealth) && ready(trainer, trainerHealth));
        push(FRAMES / 2, FRAMES);
        await().atMost(PATIENCE).until(() -> counted(trainer) == FRAMES);
        assertThat(CommittedRecords.of(kafka(), Topics.DISTILLATION_SAMPLES)).hasSize(FRAMES);
        for (ServiceProcess service : List.of(teacher, trainer)) {
            assertThat(service.said()).contains("No Kafka broker answers at").contains("Kafka answers again at");
            service.askToEnd();
            assertThat(service.exitCode(PATIENCE)).as(service.said()).isEqualTo(ServiceProcess.TERMINATED);
            assertThat(service.said()).contains("was asked to end and has closed");
        }
    }

    @Test
    void givenATrainerThatLosesItsStore_whenItsPatienceEnds_thenItEndsSaysWhyAndTheNextStartPublishesWhatIsOwed()
            throws Exception {
        Topics.ensure(kafka(), new Topics.Plan(1, (short) 1, -1));
        ServiceProcess trainer = trainer();
        ServiceProcess teacher = teacher("teacher", teacherHealth);
        await().atMost(PATIENCE).until(() -> ready(teacher, teacherHealth) && ready(trainer, trainerHealth));
        store.close();

        push(0, FRAMES);

        assertThat(trainer.exitCode(PATIENCE)).as(trainer.said()).isEqualTo(FAILED);
        assertThat(trainer.said())
                .contains("The trainer ends after a failure: The store")
                .contains("127.0.0.1:" + storePort)
                .contains("cannot be reached")
                .doesNotContain("\tat ");
        store = EmbeddedS3.start(folder.resolve("store"), storePort);
        ServiceProcess next = trainer();
        await().atMost(PATIENCE).until(() -> latest().isPresent());
        assertThat(latest().orElseThrow().lineage().framesTrained()).isEqualTo(8);
        assertThat(next.alive()).isTrue();
    }

    @Test
    void givenMoreTeachersThanPartitions_whenTheSecondStarts_thenItLivesUnreadyAndTakesOverWhenTheFirstIsToldToEnd()
            throws Exception {
        Topics.ensure(kafka(), new Topics.Plan(1, (short) 1, -1));
        int spareHealth = LoopbackPorts.free();
        ServiceProcess first = teacher("first", teacherHealth);
        await().atMost(PATIENCE).until(() -> ready(first, teacherHealth));
        ServiceProcess spare = teacher("spare", spareHealth);
        await().atMost(PATIENCE).until(() -> spare.status(url(spareHealth, "/readyz")) == 503);
        assertThat(spare.body(url(spareHealth, "/readyz"))).contains("No partition is assigned yet.");
        assertThat(spare.status(url(spareHealth, "/livez"))).isEqualTo(200);
        push(0, FRAMES);

        first.askToEnd();

        assertThat(first.exitCode(PATIENCE)).as(first.said()).isEqualTo(ServiceProcess.TERMINATED);
        await().atMost(PATIENCE).until(() -> ready(spare, spareHealth));
        await().atMost(PATIENCE)
                .until(() -> CommittedRecords.of(kafka(), Topics.DISTILLATION_SAMPLES)
                                .size()
                        == FRAMES);
        assertThat(spare.alive()).isTrue();
    }

    // ---- processes -------------------------------------------------------------------------------------------------

    private ServiceProcess teacher(String name, int healthPort) {
        return start(
                name,
                "teacher",
                Map.of(
                        "teacher.kafka.bootstrap-servers",
                        kafka().bootstrapServers(),
                        "teacher.kafka.transactional-id",
                        name,
                        "teacher.model.card",
                        MODELS.resolve("teacher-synthetic.json").toString(),
                        "teacher.view.width",
                        "96",
                        "teacher.view.height",
                        "64",
                        "teacher.compute.device",
                        "cpu",
                        "teacher.compute.threads",
                        "1",
                        "teacher.health.port",
                        String.valueOf(healthPort)));
    }

    private ServiceProcess trainer() {
        Map<String, String> settings = new HashMap<>();
        settings.put("trainer.kafka.bootstrap-servers", kafka().bootstrapServers());
        settings.put("trainer.student.card", MODELS.resolve("student-cnn.json").toString());
        settings.put("trainer.student.label-schema", "synthetic-9");
        settings.put("trainer.student.fresh", "true");
        settings.put("trainer.store.endpoint", "http://127.0.0.1:" + storePort);
        settings.put("trainer.store.access-key", EmbeddedS3.ACCESS_KEY);
        settings.put("trainer.store.patience", "PT2S");
        settings.put("trainer.checkpoint.folder", folder.resolve("checkpoints").toString());
        settings.put("trainer.checkpoint.every-frames", "4");
        settings.put("trainer.checkpoint.publish-every-frames", "8");
        settings.put("trainer.learning.updates", "1");
        settings.put("trainer.learning.holdout-fraction", "0");
        settings.put("trainer.learning.linger", "PT0.2S");
        settings.put("trainer.compute.device", "cpu");
        settings.put("trainer.compute.threads", "1");
        settings.put("trainer.health.port", String.valueOf(trainerHealth));
        return start("trainer-" + started.size(), "trainer", settings);
    }

    private ServiceProcess start(String name, String service, Map<String, String> settings) {
        List<String> command = new ArrayList<>(List.of(service));
        settings.forEach((key, value) -> command.addAll(List.of("--set", key + "=" + value)));
        ServiceProcess process = ServiceProcess.start(folder.resolve(name + ".log"), SECRETS, command);
        started.add(process);
        return process;
    }

    private static boolean ready(ServiceProcess service, int port) {
        assertThat(service.alive()).as(service.said()).isTrue();
        return service.status(url(port, "/readyz")) == 200;
    }

    private long counted(ServiceProcess trainer) {
        return trainer.body(url(trainerHealth, "/metrics"))
                .lines()
                .filter(line -> line.startsWith("reflux_trainer_frames_total{"))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static URI url(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    // ---- surroundings ----------------------------------------------------------------------------------------------

    private KafkaSettings kafka() {
        return KafkaSettings.of(broker.bootstrapServers());
    }

    private void push(long from, long to) {
        FleetPlan plan = new FleetPlan(DatasetCatalog.open("synthetic:1," + FRAMES), "train", 2, 1, 0).first(to);
        try (FramePusher pusher = FramePusher.open(PushSettings.to(kafka()))) {
            pusher.push(plan, from, PushListener.SILENT);
        }
    }

    private Optional<StudentVersion> latest() {
        StoreSettings settings = new StoreSettings(
                store.endpoint(), "us-east-1", "reflux", EmbeddedS3.ACCESS_KEY, EmbeddedS3.SECRET_KEY);
        try (ModelRegistry registry = ModelRegistry.open(settings)) {
            return registry.reader().resolve("student", AliasNames.LATEST);
        }
    }
}
