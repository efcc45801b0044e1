package dev.reflux.teacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.config.ConfigLoader;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageSize;
import dev.reflux.teacher.publish.WireType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TeacherConfigTest {

    @TempDir
    private Path directory;

    private TeacherConfig load(Map<String, String> environment, Map<String, String> more) throws Exception {
        Path head = directory.resolve("head.safetensors");
        TeacherBench.head().write(head);
        Map<String, String> keys = new HashMap<>();
        keys.put("teacher.model.card", TeacherBench.CARD.toString());
        keys.put("teacher.model.projection", head.toString());
        keys.putAll(more);
        return ConfigLoader.load(TeacherConfig.class, null, environment, keys);
    }

    @Test
    void givenTheModelAlone_whenLoaded_thenEveryOtherSettingHasItsDocumentedDefault() throws Exception {
        TeacherSettings settings = TeacherSettings.of(load(Map.of(), Map.of()));

        assertThat(settings.kafka().bootstrapServers()).isEqualTo("localhost:9092");
        assertThat(settings.kafka().properties()).isEmpty();
        assertThat(settings.group()).isEqualTo("reflux-teacher");
        assertThat(settings.transactionalId()).startsWith("reflux-teacher-").hasSizeGreaterThan(15);
        assertThat(settings.topicsWithin()).isEqualTo(Duration.ofMinutes(2));
        assertThat(settings.view()).isEqualTo(new ImageSize(96, 64));
        assertThat(settings.failureLimit()).isEqualTo(16);
        assertThat(settings.batchSize()).isEqualTo(4);
        assertThat(settings.linger()).isEqualTo(Duration.ofMillis(20));
        assertThat(settings.inFlight()).isEqualTo(32);
        assertThat(settings.commitFrames()).isEqualTo(16);
        assertThat(settings.commitLinger()).isEqualTo(Duration.ofMillis(250));
        assertThat(settings.wireType()).isEqualTo(WireType.INT8);
        assertThat(settings.logitsStride()).isEqualTo(8);
        assertThat(settings.torch().device()).isEqualTo("auto");
        assertThat(settings.torch().threads()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(settings.decodeThreads()).isEqualTo(2);
        assertThat(settings.healthPort()).isEqualTo(8081);
        assertThat(settings.pollTimeout()).isEqualTo(Duration.ofMinutes(1));
        assertThat(settings.stageTimeout()).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void givenTheEnvironment_whenLoaded_thenEverySettingCanComeFromIt() throws Exception {
        Path head = directory.resolve("h.safetensors");
        TeacherBench.head().write(head);
        Path schema = Files.writeString(
                directory.resolve("schema.json"),
                "{\"id\":\"mine-2\",\"classes\":[{\"id\":0,\"name\":\"a\",\"rgb\":[0,0,0]},"
                        + "{\"id\":1,\"name\":\"b\",\"rgb\":[1,1,1]}]}");
        Map<String, String> environment = new HashMap<>();
        environment.put("REFLUX_TEACHER_KAFKA_BOOTSTRAP_SERVERS", "broker:9");
        environment.put("REFLUX_TEACHER_KAFKA_GROUP", "g");
        environment.put("REFLUX_TEACHER_KAFKA_TRANSACTIONAL_ID", "tx");
        environment.put("REFLUX_TEACHER_KAFKA_TOPICS_WITHIN", "PT5S");
        environment.put("REFLUX_TEACHER_KAFKA_PROPERTIES__SECURITY_PROTOCOL_", "SSL");
        Path properties = Files.writeString(
                directory.resolve("kafka.properties"), "ssl.keystore.password=hidden\nsecurity.protocol=PLAINTEXT\n");
        environment.put("REFLUX_TEACHER_KAFKA_PROPERTIES_FILE", properties.toString());
        environment.put("REFLUX_TEACHER_MODEL_CARD", TeacherBench.CARD.toString());
        environment.put("REFLUX_TEACHER_MODEL_PROJECTION", head.toString());
        environment.put("REFLUX_TEACHER_MODEL_FAILURE_LIMIT", "9");
        environment.put("REFLUX_TEACHER_VIEW_WIDTH", "128");
        environment.put("REFLUX_TEACHER_VIEW_HEIGHT", "80");
        environment.put("REFLUX_TEACHER_BATCH_SIZE", "7");
        environment.put("REFLUX_TEACHER_BATCH_LINGER", "PT0.5S");
        environment.put("REFLUX_TEACHER_BATCH_IN_FLIGHT", "70");
        environment.put("REFLUX_TEACHER_COMMIT_FRAMES", "50");
        environment.put("REFLUX_TEACHER_COMMIT_LINGER", "PT1S");
        environment.put("REFLUX_TEACHER_TENSORS_TYPE", "FP16");
        environment.put("REFLUX_TEACHER_TENSORS_LOGITS_STRIDE", "16");
        environment.put("REFLUX_TEACHER_COMPUTE_DEVICE", "cpu");
        environment.put("REFLUX_TEACHER_COMPUTE_THREADS", "3");
        environment.put("REFLUX_TEACHER_COMPUTE_DECODE_THREADS", "4");
        environment.put("REFLUX_TEACHER_HEALTH_PORT", "0");
        environment.put("REFLUX_TEACHER_HEALTH_POLL_TIMEOUT", "PT7S");
        environment.put("REFLUX_TEACHER_HEALTH_STAGE_TIMEOUT", "PT8S");
        environment.put("REFLUX_TEACHER_LABEL_SCHEMAS", schema.toString());

        TeacherSettings settings =
                TeacherSettings.of(ConfigLoader.load(TeacherConfig.class, null, environment, Map.of()));

        assertThat(environment.keySet())
                .as("a variable for each key")
                .hasSize(ConfigLoader.settings(TeacherConfig.class).size());
        assertThat(settings.kafka().bootstrapServers()).isEqualTo("broker:9");
        assertThat(settings.kafka().properties())
                .containsEntry("security.protocol", "SSL")
                .containsEntry("ssl.keystore.password", "hidden");
        assertThat(settings.transactionalId()).isEqualTo("tx");
        assertThat(settings.topicsWithin()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.view()).isEqualTo(new ImageSize(128, 80));
        assertThat(settings.failureLimit()).isEqualTo(9);
        assertThat(settings.batchSize()).isEqualTo(7);
        assertThat(settings.linger()).isEqualTo(Duration.ofMillis(500));
        assertThat(settings.inFlight()).isEqualTo(70);
        assertThat(settings.commitFrames())
                .as("at most half of what may be in flight")
                .isEqualTo(35);
        assertThat(settings.commitLinger()).isEqualTo(Duration.ofSeconds(1));
        assertThat(settings.wireType()).isEqualTo(WireType.FP16);
        assertThat(settings.logitsStride()).isEqualTo(16);
        assertThat(settings.torch().threads()).isEqualTo(3);
        assertThat(settings.decodeThreads()).isEqualTo(4);
        assertThat(settings.pollTimeout()).isEqualTo(Duration.ofSeconds(7));
        assertThat(settings.stageTimeout()).isEqualTo(Duration.ofSeconds(8));
        assertThat(settings.schemas().find("mine-2")).isPresent();
    }

    @Test
    void givenNumbersOutOfRange_whenLoaded_thenAllAreNamedAtOnce() {
        Map<String, String> keys = Map.of(
                "teacher.batch.size", "8",
                "teacher.batch.in-flight", "4",
                "teacher.batch.linger", "PT-1S",
                "teacher.commit.frames", "0",
                "teacher.kafka.topics-within", "PT-1S",
                "teacher.tensors.logits-stride", "0",
                "teacher.compute.decode-threads", "0",
                "teacher.view.width", "3",
                "teacher.health.stage-timeout", "PT0S",
                "teacher.health.port", "65536");

        assertThatThrownBy(() -> load(Map.of(), keys))
                .isInstanceOf(UsageException.class)
                .hasMessageContainingAll(
                        "9 mistakes",
                        "\"teacher.batch.in-flight\" is 4 and must be at least 8, teacher.batch.size",
                        "\"teacher.batch.linger\" is PT-1S and must be at least 0",
                        "\"teacher.commit.frames\" is 0 and must be at least 1",
                        "teacher.kafka.topics-within",
                        "teacher.tensors.logits-stride",
                        "teacher.compute.decode-threads",
                        "\"teacher.view.width\" is 3 and must be at least 16",
                        "\"teacher.health.stage-timeout\" is PT0S and must be above 0",
                        "\"teacher.health.port\" is 65536 and must be in [0, 65535]");
    }

    @Test
    void givenAHeadOfAnotherTeacher_whenChecked_thenOneSentenceSaysSo() throws Exception {
        TeacherConfig config = load(Map.of(), Map.of("teacher.model.card", "../../models/fixtures/tiny-student.json"));

        assertThatThrownBy(() -> TeacherSettings.of(config))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("tiny-teacher")
                .hasMessageContaining("fit-projection");
    }

    @Test
    void givenNoHead_whenChecked_thenItIsLookedForBesideTheCardAndTheRemedyNamed() throws Exception {
        TeacherConfig config = ConfigLoader.load(
                TeacherConfig.class, null, Map.of(), Map.of("teacher.model.card", TeacherBench.CARD.toString()));

        assertThatThrownBy(() -> TeacherSettings.of(config))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("tiny-teacher.projection.safetensors")
                .hasMessageContaining("reflux fit-projection");
    }
}
