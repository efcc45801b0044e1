package dev.reflux.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.kafka.Topics;
import dev.reflux.integration.backbone.Backbone;
import dev.reflux.integration.process.ServiceProcess;
import dev.reflux.registry.server.Role;
import dev.reflux.registry.server.Tokens;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The table "When something is missing" of docs/kubernetes.md, row by row on real processes: what a start that cannot
 * succeed ends with, and what it says.
 */
@Timeout(300)
class FailureTableTest {

    private static final Path MODELS = Path.of("../models").toAbsolutePath().normalize();
    private static final String NOWHERE = "127.0.0.1:1";
    private static final int USAGE = 2;
    private static final int FAILED = 1;
    private static final int SIDE_BY_SIDE = 3;

    @TempDir
    static Path folder;

    private static Backbone backbone;

    /** A start, its exit code, and what its sentence must contain. */
    private record Row(String name, List<String> command, int code, String... words) {}

    @BeforeAll
    static void open() throws Exception {
        backbone = Backbone.open(folder);
        Topics.ensure(backbone.kafka(), new Topics.Plan(1, (short) 1, -1));
        Files.writeString(folder.resolve("wrong-key"), "wrong");
        Files.writeString(folder.resolve("right-key"), backbone.store().secretKey());
        Tokens.add(folder.resolve("tokens.json"), "ops", Role.ADMIN);
    }

    @AfterAll
    static void close() {
        backbone.close();
    }

    @Test
    void givenSomethingThatIsMissing_whenAServiceStarts_thenItEndsWithItsCodeAndOneSentenceThatNamesTheRemedy()
            throws Exception {
        String absent = folder.resolve("absent").toString();
        List<Row> rows = List.of(
                new Row(
                        "trainer-no-secret",
                        trainer(Map.of("trainer.store.secret-key-file", "")),
                        USAGE,
                        "trainer.store.secret-key",
                        "REFLUX_TRAINER_STORE_SECRET_KEY"),
                new Row(
                        "trainer-no-secret-file",
                        trainer(Map.of("trainer.store.secret-key-file", absent)),
                        USAGE,
                        absent),
                new Row(
                        "trainer-no-broker",
                        trainer(Map.of(
                                "trainer.kafka.bootstrap-servers",
                                NOWHERE,
                                "trainer.kafka.properties.\"request.timeout.ms\"",
                                "500",
                                "trainer.kafka.properties.\"default.api.timeout.ms\"",
                                "500")),
                        USAGE,
                        NOWHERE,
                        "trainer.kafka.bootstrap-servers"),
                new Row(
                        "trainer-no-store",
                        trainer(Map.of("trainer.store.endpoint", "http://" + NOWHERE)),
                        USAGE,
                        NOWHERE,
                        "cannot be reached",
                        "check the endpoint"),
                new Row(
                        "trainer-no-gpu",
                        trainer(Map.of("trainer.compute.device", "cuda:7")),
                        USAGE,
                        "cuda:7",
                        "GPU",
                        "device cpu or auto"),
                new Row(
                        "teacher-no-broker",
                        teacher(Map.of(
                                "teacher.kafka.bootstrap-servers",
                                NOWHERE,
                                "teacher.kafka.properties.\"max.block.ms\"",
                                "500")),
                        USAGE,
                        NOWHERE,
                        "teacher.kafka.bootstrap-servers"),
                new Row(
                        "registry-no-secret",
                        registry("--s3", endpoint()),
                        USAGE,
                        "REFLUX_S3_ACCESS_KEY",
                        "REFLUX_S3_SECRET_KEY"),
                new Row(
                        "registry-no-secret-file",
                        registry("--access-key", "reflux", "--secret-key-file", absent, "--s3", endpoint()),
                        USAGE,
                        absent,
                        "check the path"),
                new Row(
                        "registry-no-store",
                        registry(
                                "--access-key",
                                "reflux",
                                "--secret-key-file",
                                key("right"),
                                "--s3",
                                "http://" + NOWHERE),
                        FAILED,
                        NOWHERE,
                        "cannot be reached",
                        "check the endpoint"),
                new Row(
                        "registry-wrong-keys",
                        registry(
                                "--access-key",
                                backbone.store().accessKey(),
                                "--secret-key-file",
                                key("wrong"),
                                "--s3",
                                endpoint()),
                        FAILED,
                        endpoint(),
                        "check its keys and rights"));

        everyRowHolds(rows);
    }

    @Test
    void givenTopicsThatAreNotAsTheyMustBe_whenServicesStart_thenEachEndsAndNamesTopicSettingAndValue()
            throws Exception {
        try (Backbone other = Backbone.open(folder.resolve("topics"))) {
            String at = other.kafka().bootstrapServers();
            make(
                    other.kafka(),
                    Topics.FRAMES_LABELED,
                    Map.of("max.message.bytes", "9437184", "cleanup.policy", "compact"));
            make(other.kafka(), Topics.DISTILLATION_SAMPLES, Map.of("max.message.bytes", "9437184"));
            make(other.kafka(), Topics.DEAD_LETTER, Map.of("max.message.bytes", "9437184"));
            List<Row> rows = List.of(
                    new Row(
                            "teacher-compacted",
                            teacher(Map.of("teacher.kafka.bootstrap-servers", at)),
                            USAGE,
                            Topics.FRAMES_LABELED,
                            at,
                            "compacted",
                            "cleanup.policy to delete"),
                    new Row(
                            "trainer-no-topic",
                            trainer(Map.of(
                                    "trainer.kafka.bootstrap-servers", at, "trainer.kafka.topics-within", "PT0.1S")),
                            USAGE,
                            Topics.STUDENTS_PUBLISHED,
                            "reflux topics"));

            everyRowHolds(rows);
        }
    }

    private static void everyRowHolds(List<Row> rows) throws Exception {
        ExecutorService some = Executors.newFixedThreadPool(SIDE_BY_SIDE);
        try {
            List<Callable<String>> checks = new ArrayList<>();
            rows.forEach(row -> checks.add(() -> complaint(row)));
            List<String> complaints = new ArrayList<>();
            for (Future<String> check : some.invokeAll(checks)) {
                complaints.add(check.get());
            }
            assertThat(complaints).allMatch(String::isEmpty);
        } finally {
            some.shutdownNow();
            assertThat(some.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** Empty when the row is as it should be. */
    private static String complaint(Row row) throws InterruptedException {
        try (ServiceProcess service =
                ServiceProcess.start(folder.resolve(row.name() + ".log"), Map.of(), row.command())) {
            int code = service.exitCode(Duration.ofSeconds(120));
            List<String> sentences = service.said()
                    .lines()
                    .filter(line -> line.startsWith("reflux: "))
                    .toList();
            boolean good = code == row.code()
                    && sentences.size() == 1
                    && sentences.get(0).endsWith(".")
                    && List.of(row.words()).stream().allMatch(sentences.get(0)::contains)
                    && !service.said().contains("\tat ");
            return good ? "" : row + " ended with " + code + " and said:\n" + service.said();
        }
    }

    private static void make(KafkaSettings kafka, String topic, Map<String, String> configs) throws Exception {
        try (Admin admin = KafkaClients.admin(kafka)) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1).configs(configs)))
                    .all()
                    .get(20, TimeUnit.SECONDS);
        }
    }

    private static String endpoint() {
        return backbone.store().endpoint().toString();
    }

    private static String key(String which) {
        return folder.resolve(which + "-key").toString();
    }

    private static List<String> registry(String... more) {
        List<String> command = new ArrayList<>(List.of(
                "registry",
                "--port",
                "0",
                "--tokens",
                folder.resolve("tokens.json").toString()));
        command.addAll(List.of(more));
        return command;
    }

    private static List<String> teacher(Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "teacher.kafka.bootstrap-servers",
                backbone.kafka().bootstrapServers(),
                "teacher.model.card",
                MODELS.resolve("teacher-synthetic.json").toString(),
                "teacher.compute.device",
                "cpu",
                "teacher.health.port",
                "0"));
        settings.putAll(more);
        return command("teacher", settings);
    }

    private static List<String> trainer(Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "trainer.kafka.bootstrap-servers",
                backbone.kafka().bootstrapServers(),
                "trainer.student.card",
                MODELS.resolve("fixtures/tiny-student.json").toString(),
                "trainer.store.endpoint",
                endpoint(),
                "trainer.store.access-key",
                backbone.store().accessKey(),
                "trainer.store.secret-key-file",
                key("right"),
                "trainer.checkpoint.folder",
                folder.resolve("checkpoints").toString(),
                "trainer.compute.device",
                "cpu",
                "trainer.health.port",
                "0"));
        settings.putAll(more);
        return command("trainer", settings);
    }

    /** An empty value takes a setting away. */
    private static List<String> command(String service, Map<String, String> settings) {
        List<String> command = new ArrayList<>(List.of(service));
        settings.forEach((key, value) -> {
            if (!value.isEmpty()) {
                command.addAll(List.of("--set", key + "=" + value));
            }
        });
        return command;
    }
}
