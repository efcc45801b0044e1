package dev.reflux.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.message.DistillationSample;
import dev.reflux.common.message.LabeledFrame;
import dev.reflux.embedded.EmbeddedS3;
import dev.reflux.embedded.LoopbackPorts;
import dev.reflux.integration.process.CtrlC;
import dev.reflux.integration.process.TestPlace;
import dev.reflux.quickstart.DevPlan;
import dev.reflux.quickstart.processes.Supervisor;
import dev.reflux.quickstart.processes.SupervisorState;
import dev.reflux.registry.format.AliasNames;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.store.ModelRegistry;
import dev.reflux.registry.store.StoreSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole path as operating-system processes, through the launcher. */
class DevUpTest {

    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static final Duration PATIENCE = Duration.ofMinutes(8);

    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private final int kafkaPort = LoopbackPorts.free();
    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void nothingStays() throws Exception {
        for (Process process : started) {
            process.destroy();
            if (!process.waitFor(90, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }

    @Test
    void givenFramesUnderWay_whenASecondTeacherComesAndTheFirstIsKilled_thenNothingIsLostAndNothingCountsTwice()
            throws Exception {
        Process up = up("--teachers", "1", "--rate", "3");
        await().atMost(PATIENCE).until(() -> trained() > 0);
        Process scale = reflux("scale.log", "dev", "scale", "2", "--out", folder.toString());
        assertThat(scale.waitFor(PATIENCE.toMinutes(), TimeUnit.MINUTES)).isTrue();
        assertThat(scale.exitValue()).as(said("scale.log")).isZero();
        await().atMost(PATIENCE).until(() -> taughtBy("teacher-2") > 0);
        long before = taughtBy("teacher-2");
        long trainedBefore = trained();

        handle("teacher-1").destroyForcibly();

        await().atMost(PATIENCE).until(() -> taughtBy("teacher-2") > before + 20 && trained() > trainedBefore + 20);
        await().atMost(PATIENCE).until(() -> metric("trainer", "reflux_trainer_versions_total") > 0);
        handle("camera").destroy();
        await().atMost(PATIENCE).until(() -> said("up.log").contains("camera is done"));
        List<String> pushed = frameIds();
        await().atMost(PATIENCE).until(() -> counted() >= pushed.size());
        assertThat(sampleIds()).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(pushed);
        assertThat(records(Topics.DEAD_LETTER)).isEmpty();
        assertThat(metric("trainer", "reflux_trainer_frames_total{outcome=\"duplicate\"}"))
                .isZero();
        assertThat(counted()).isEqualTo(pushed.size());
        assertThat(said("up.log")).contains("teacher-1 (process").contains("was killed by signal 9");
        long learnt = trained();
        List<ProcessHandle> processes = handles();
        int code = CtrlC.send(up.toHandle());
        assertThat(up.waitFor(PATIENCE.toMinutes(), TimeUnit.MINUTES)).isTrue();
        assertThat(up.exitValue()).as(said("up.log")).isEqualTo(code);
        assertThat(processes).hasSizeGreaterThanOrEqualTo(5).noneMatch(ProcessHandle::isAlive);
        assertThat(latest().lineage().framesTrained()).isPositive().isLessThanOrEqualTo(learnt);
    }

    @Test
    void givenARunThatWasEnded_whenItGoesOnAndItsTrainerDies_thenItSaysWhyAndEndsTheRest() throws Exception {
        Process first = up("--teachers", "1", "--rate", "0", "--frames", "12");
        await().atMost(PATIENCE).until(() -> counted() == 12);
        CtrlC.send(first.toHandle());
        assertThat(first.waitFor(PATIENCE.toMinutes(), TimeUnit.MINUTES)).isTrue();
        Process second = up("--teachers", "1", "--rate", "0", "--frames", "12");
        await().atMost(PATIENCE).until(() -> said("up.log").contains("camera is done"));
        assertThat(counted()).as("goes on where it stopped").isEqualTo(12);
        List<ProcessHandle> processes = handles();

        handle("trainer").destroyForcibly();

        assertThat(second.waitFor(PATIENCE.toMinutes(), TimeUnit.MINUTES)).isTrue();
        assertThat(second.exitValue()).as(said("up.log")).isEqualTo(1);
        assertThat(said("up.log"))
                .contains("trainer (process")
                .contains("was killed by signal 9")
                .contains("nothing goes on without trainer");
        assertThat(processes).hasSizeGreaterThanOrEqualTo(5).noneMatch(ProcessHandle::isAlive);
    }

    // ---- the processes ---------------------------------------------------------------------------------------------

    private Process up(String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of("dev", "up", "--out", folder.toString(), "--threads", "2"));
        all.addAll(List.of("--kafka-port", String.valueOf(kafkaPort)));
        all.addAll(List.of(arguments));
        return reflux("up.log", all.toArray(new String[0]));
    }

    private Process reflux(String log, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(HOME.resolve("reflux").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(log).toFile());
        builder.environment().put("REFLUX_SKIP_BUILD", "1");
        // What is counted is the same, in less time: a dozen JVMs are started that live for seconds.
        builder.environment()
                .putAll(Map.of(
                        "REFLUX_JAVA_OPTS", TestPlace.launcherOptions("-XX:TieredStopAtLevel=1"),
                        "REFLUX_TEACHER_VIEW_WIDTH", "96",
                        "REFLUX_TEACHER_VIEW_HEIGHT", "64",
                        "REFLUX_TRAINER_LEARNING_UPDATES", "1",
                        "REFLUX_TRAINER_LEARNING_REPLAYED_FRAMES", "2",
                        "REFLUX_TRAINER_CHECKPOINT_PUBLISH_EVERY_FRAMES", "24"));
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private String said(String log) throws IOException {
        return Files.readString(folder.resolve(log));
    }

    private List<SupervisorState.Entry> state() {
        return SupervisorState.read(Supervisor.stateFile(DevPlan.stateFolder(folder)))
                .map(SupervisorState::processes)
                .orElse(List.of());
    }

    private ProcessHandle handle(String name) {
        return state().stream()
                .filter(entry -> entry.name().equals(name))
                .map(entry -> ProcessHandle.of(entry.pid()).orElseThrow())
                .findFirst()
                .orElseThrow();
    }

    private List<ProcessHandle> handles() {
        return state().stream()
                .flatMap(entry -> ProcessHandle.of(entry.pid()).stream())
                .toList();
    }

    // ---- what they counted -----------------------------------------------------------------------------------------

    private long trained() {
        return metric("trainer", "reflux_trainer_frames_total{outcome=\"trained\"}");
    }

    private long counted() {
        return trained() + metric("trainer", "reflux_trainer_frames_total{outcome=\"held-out\"}");
    }

    private long taughtBy(String teacher) {
        return metric(teacher, "reflux_teacher_frames_total");
    }

    /** 0 while the process or the series is not there yet. */
    private long metric(String process, String series) {
        return state().stream()
                .filter(entry -> entry.name().equals(process))
                .map(entry -> URI.create(entry.ready()).resolve("/metrics"))
                .flatMap(uri -> scrape(uri).lines())
                .filter(line -> line.startsWith(series + " "))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(series.length() + 1)))
                .sum();
    }

    private String scrape(URI uri) {
        try {
            return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<String> frameIds() throws IOException {
        List<String> ids = new ArrayList<>();
        for (byte[] value : records(Topics.FRAMES_LABELED)) {
            ids.add(LabeledFrame.parseFrom(value).getFrameId());
        }
        return ids;
    }

    private List<String> sampleIds() throws IOException {
        List<String> ids = new ArrayList<>();
        for (byte[] value : records(Topics.DISTILLATION_SAMPLES)) {
            ids.add(DistillationSample.parseFrom(value).getFrame().getFrameId());
        }
        return ids;
    }

    private List<byte[]> records(String topic) {
        return CommittedRecords.of(KafkaSettings.of("127.0.0.1:" + kafkaPort), topic);
    }

    private StudentVersion latest() {
        try (EmbeddedS3 store = EmbeddedS3.start(folder.resolve("store"));
                ModelRegistry registry = ModelRegistry.open(new StoreSettings(
                        store.endpoint(), "us-east-1", "reflux", store.accessKey(), store.secretKey()))) {
            return registry.reader().resolve("student", AliasNames.LATEST).orElseThrow();
        }
    }
}
