package dev.reflux.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.common.message.LabeledFrame;
import dev.reflux.datasets.Dataset;
import dev.reflux.datasets.DatasetCatalog;
import dev.reflux.datasets.FleetPlan;
import dev.reflux.evaluation.HoldoutRule;
import dev.reflux.integration.process.TestPlace;
import dev.reflux.trainer.checkpoint.CheckpointStore;
import dev.reflux.trainer.checkpoint.TrainerState;
import dev.reflux.trainer.ingest.SampleReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher's own process, ended by SIGKILL in mid-stream: no hook runs, nothing is closed. */
class QuickstartKillTest {

    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static final int FRAMES = 40;
    private static final int MINUTES = 5;
    private static final int KILLED = 128 + 9;

    @TempDir
    Path folder;

    /** Killed once when a first checkpoint is there, and once when a first version is. */
    @Test
    void givenAQuickstartKilledInMidStream_whenStartedAgain_thenEveryFrameCountsOnceAsIfNothingHadHappened()
            throws Exception {
        killWhen(() -> anyUnder("work/checkpoints", ".rfx"));
        killWhen(() -> anyUnder("store", "manifest.json"));

        Process last = start();
        assertThat(last.waitFor(MINUTES, TimeUnit.MINUTES)).isTrue();

        assertThat(last.exitValue()).as(log()).isZero();
        Set<Long> heldOut = heldOutOfAnUndisturbedRun();
        JsonNode report =
                new ObjectMapper().readTree(folder.resolve("run/report.json").toFile());
        JsonNode frames = report.path("frames");
        assertThat(frames.path("offered").asLong()).isEqualTo(FRAMES);
        assertThat(frames.path("heldOut").asLong()).isEqualTo(heldOut.size()).isPositive();
        assertThat(frames.path("trained").asLong()).isEqualTo(FRAMES - heldOut.size());
        assertThat(frames.path("deadLettered").asLong()).isZero();
        assertThat(frames.path("duplicates").asLong()).isZero();
        noneIsTrainedTwice(heldOut);
        versionsAreGaplessAndEachDescendsFromTheOneBefore(report.path("versions"), FRAMES - heldOut.size());
        assertThat(log()).doesNotContain("\tat ");
    }

    /** The rule that sets frames aside needs no run: it is a function of camera and time. */
    private static Set<Long> heldOutOfAnUndisturbedRun() {
        Dataset dataset = DatasetCatalog.open("synthetic:1," + FRAMES);
        HoldoutRule rule = new HoldoutRule(0.1);
        try (Stream<LabeledFrame> messages = FleetPlan.once(dataset, "train").messages()) {
            List<LabeledFrame> all = messages.toList();
            return LongStream.range(0, FRAMES)
                    .filter(i -> rule.holdsOut(
                            all.get((int) i).getCameraId(), all.get((int) i).getCapturedAtMicros()))
                    .boxed()
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** The replay buffer is larger than the stream, so it holds every frame that was ever trained on. */
    private void noneIsTrainedTwice(Set<Long> heldOut) {
        TrainerState state = new CheckpointStore(folder.resolve("run/work/checkpoints"))
                .newest()
                .orElseThrow()
                .state();
        assertThat(state.replay()).hasSize(FRAMES - heldOut.size()).doesNotHaveDuplicates();
        assertThat(state.replaySeen()).isEqualTo(FRAMES - heldOut.size());
        assertThat(state.holdout()).hasSize(heldOut.size()).doesNotHaveDuplicates();
        assertThat(state.replay()).doesNotContainAnyElementsOf(state.holdout());
        assertThat(Stream.concat(state.replay().stream(), state.holdout().stream())
                        .map(SampleReference::offset)
                        .distinct())
                .hasSize(FRAMES);
    }

    private static void versionsAreGaplessAndEachDescendsFromTheOneBefore(JsonNode versions, long trained) {
        assertThat(versions.size()).isGreaterThanOrEqualTo(3);
        long step = 0;
        for (int i = 0; i < versions.size(); i++) {
            assertThat(versions.get(i).path("version").asLong()).isEqualTo(i + 1);
            assertThat(versions.get(i).path("parent").asLong()).isEqualTo(i);
            assertThat(versions.get(i).path("step").asLong()).isGreaterThan(step);
            step = versions.get(i).path("step").asLong();
        }
        // Four steps for each window of up to four new frames: more would mean that some were trained again.
        assertThat(step).isLessThanOrEqualTo(4 * trained).isGreaterThanOrEqualTo(trained);
    }

    private void killWhen(BooleanSupplier moment) throws Exception {
        Process process = start();
        try {
            await().atMost(Duration.ofMinutes(MINUTES))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> moment.getAsBoolean() || !process.isAlive());
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(log()).isEqualTo(KILLED);
        assertThat(folder.resolve("run/report.json")).doesNotExist();
    }

    private Process start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        HOME.resolve("reflux").toString(),
                        "quickstart",
                        "--frames",
                        String.valueOf(FRAMES),
                        "--out",
                        "run")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("run.log").toFile()));
        builder.environment().put("REFLUX_SKIP_BUILD", "1");
        builder.environment().put("REFLUX_JAVA_OPTS", TestPlace.launcherOptions("-Xmx1g"));
        return builder.start();
    }

    private boolean anyUnder(String where, String ending) {
        Path root = folder.resolve("run").resolve(where);
        if (!Files.exists(root)) {
            return false;
        }
        try (Stream<Path> walk = Files.walk(root)) {
            return walk.anyMatch(file -> file.toString().endsWith(ending));
        } catch (IOException | java.io.UncheckedIOException e) {
            // What is being written to may lose a file under our eyes: look again.
            return false;
        }
    }

    private String log() throws IOException {
        return Files.readString(folder.resolve("run.log"));
    }
}
