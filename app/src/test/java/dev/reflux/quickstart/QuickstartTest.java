package dev.reflux.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.model.ModelCard;
import dev.reflux.datasets.LabelSchedule;
import dev.reflux.embedded.EmbeddedS3;
import dev.reflux.quickstart.progress.Console;
import dev.reflux.quickstart.progress.Progress;
import dev.reflux.quickstart.report.RunFacts;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.DeltaRecord;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.format.signing.TrustFile;
import dev.reflux.registry.gate.PromotionGate;
import dev.reflux.registry.store.ModelRegistry;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole path, in small. */
class QuickstartTest {

    private static final ImageSize STUDENT_VIEW = new ImageSize(128, 80);
    private static final Path MODELS = Path.of("../models").toAbsolutePath().normalize();
    private static final int FRAMES = 40;

    @TempDir
    Path folder;

    @Test
    void givenARunThatWasStoppedInMidStream_whenItIsStartedAgain_thenEveryFrameCountsOnceAndTheReportIsWhole()
            throws Exception {
        StringWriter said = new StringWriter();
        Quickstart first = quickstart(FRAMES, said);
        CompletableFuture<RunFacts> running = CompletableFuture.supplyAsync(first::run);
        await().atMost(Duration.ofMinutes(5)).until(() -> said.toString().contains("published v1"));
        first.stop();
        assertThatThrownBy(running::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(Quickstart.Interrupted.class);

        RunFacts facts = quickstart(FRAMES, new StringWriter()).run();

        assertThat(facts.complete()).isTrue();
        assertThat(facts.offered()).isEqualTo(FRAMES);
        assertThat(facts.counts().trained()).isPositive();
        assertThat(facts.counts().duplicates()).isZero();
        assertThat(facts.versions())
                .hasSizeGreaterThanOrEqualTo(3)
                .extracting(scored -> scored.version().version())
                .startsWith(1L, 2L, 3L);
        assertThat(ModelCard.read(folder.resolve("vehicle/current/student.json"))
                        .input()
                        .size())
                .as("the size at which the student has learnt to look")
                .isEqualTo(STUDENT_VIEW);
        assertThat(facts.course()).extracting(RunFacts.Point::step).isSorted().doesNotHaveDuplicates();
        JsonNode report =
                new ObjectMapper().readTree(folder.resolve("report.json").toFile());
        assertThat(report.path("frames").path("trained").asLong())
                .isEqualTo(facts.counts().trained());
        assertThat(report.path("versions")).isNotEmpty().allSatisfy(version -> assertThat(
                        version.path("gate").asText())
                .matches("(promoted|canary|refused|not judged): .+"));
        assertThatTheVehicleHasTheChampion(
                report.path("student").path("version").asLong());
        assertThat(report.path("config").toString())
                .doesNotContain("secret-key")
                .doesNotContain("access-key");
        assertThat(Files.readString(folder.resolve("report.html")))
                .contains("<svg", "data:image/")
                .doesNotContain("src=\"http")
                .doesNotContain("href=\"http");
        assertThatThrownBy(() -> quickstart(FRAMES, new StringWriter()).run())
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("--fresh");
        assertThatEveryVersionIsSignedAndTheDeltasMakeTheLastOfTheFirst();
    }

    @Test
    void
            givenFewAndLateLabelsInARunThatWasStopped_whenItIsStartedAgain_thenEachLabelCountsOnceAndTheReportSaysWhatTaught()
                    throws Exception {
        QuickstartSettings few = settings(FRAMES, new LabelSchedule(8, Duration.ofSeconds(5)));
        StringWriter said = new StringWriter();
        Quickstart first = new Quickstart(few, progress(said));
        CompletableFuture<RunFacts> running = CompletableFuture.supplyAsync(first::run);
        await().atMost(Duration.ofMinutes(5)).until(() -> said.toString().contains("published v1"));
        first.stop();
        assertThatThrownBy(running::join).hasCauseInstanceOf(Quickstart.Interrupted.class);

        RunFacts facts = new Quickstart(few, progress(new StringWriter())).run();

        assertThat(facts.complete()).isTrue();
        JsonNode report =
                new ObjectMapper().readTree(folder.resolve("report.json").toFile());
        assertThat(report.path("command").asText()).contains("--label-every 8 --labels-later 5");
        JsonNode frames = report.path("frames");
        JsonNode taught = report.path("taught");
        long labels = taught.path("lateLabeledFrames").asLong();
        assertThat(labels).isPositive();
        assertThat(taught.path("labeledFrames").asLong()).isZero();
        assertThat(taught.path("unlabeledFrames").asLong()).isEqualTo(FRAMES - labels);
        assertThat(frames.path("offered").asLong()).isEqualTo(FRAMES);
        assertThat(frames.path("labels").asLong()).isEqualTo(labels);
        assertThat(frames.path("trained").asLong() + frames.path("heldOut").asLong())
                .isEqualTo(FRAMES);
        assertThat(frames.path("duplicates").asLong()).isZero();
        assertThat(taught.path("byLabels").asDouble()).isBetween(0.1, 50.0);
        assertThat(Files.readString(folder.resolve("report.html")))
                .contains(taught.path("sentence").asText())
                .contains(
                        "alt=\"frame without a label 1: frame\"",
                        "alt=\"frame without a label 2: teacher\"",
                        "alt=\"frame without a label 3: student after\"")
                .doesNotContain("frame without a label 4");
    }

    private void assertThatTheVehicleHasTheChampion(long pulled) throws Exception {
        try (EmbeddedS3 store = EmbeddedS3.start(folder.resolve("store"));
                ModelRegistry registry = ModelRegistry.open(Workspace.storeSettings(store))) {
            assertThat(registry.reader().require(RunPlan.MODEL, "champion").version())
                    .isEqualTo(pulled);
        }
    }

    private void assertThatEveryVersionIsSignedAndTheDeltasMakeTheLastOfTheFirst() throws Exception {
        try (EmbeddedS3 store = EmbeddedS3.start(folder.resolve("store"));
                ModelRegistry registry = ModelRegistry.open(Workspace.storeSettings(store))) {
            TrustFile trust = TrustFile.read(folder.resolve("trust.json"));
            List<StudentVersion> versions = registry.catalog().versions(RunPlan.MODEL, 1);
            assertThat(registry.catalog()
                            .check(RunPlan.MODEL, Optional.of(trust))
                            .findings())
                    .isEmpty();
            Map<Long, DeltaRecord> steps = new HashMap<>();
            registry.reader().deltas().list(RunPlan.MODEL).forEach(delta -> steps.put(delta.to(), delta));
            Map<Artifact, byte[]> files = registry.reader().files().read(versions.get(0));
            for (StudentVersion version : versions.subList(1, versions.size())) {
                assertThat(steps).containsKey(version.version());
                files = registry.reader().deltas().apply(steps.get(version.version()), files);
            }
            Map<Artifact, byte[]> made = files;
            registry.reader().files().read(versions.get(versions.size() - 1)).forEach((artifact, bytes) -> assertThat(
                            made.get(artifact))
                    .isEqualTo(bytes));
            assertThat(PromotionGate.decisions(registry.catalog(), RunPlan.MODEL))
                    .isNotEmpty();
        }
    }

    @Test
    void givenAFolderOfAnotherRun_whenAQuickstartIsStartedThere_thenItSaysHowToGoOn() throws Exception {
        Files.createDirectories(folder.resolve("work"));
        Files.writeString(folder.resolve("work/run.txt"), settings(7).fingerprint());

        assertThatThrownBy(() -> quickstart(FRAMES, new StringWriter()).run())
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("frames=7")
                .hasMessageContaining("--fresh");
    }

    @Test
    void givenATeacherOfOtherClasses_whenAQuickstartIsStarted_thenItSaysSoAndLeavesNothing() {
        Path tiny = MODELS.resolve("fixtures/tiny-teacher.json");
        QuickstartSettings wrong = new QuickstartSettings(
                "synthetic",
                tiny,
                MODELS.resolve("student-cnn.json"),
                null,
                FRAMES,
                LabelSchedule.ALL,
                folder.resolve("run"),
                2,
                "cpu",
                1,
                0.002);

        assertThatThrownBy(() -> new Quickstart(wrong, progress(new StringWriter())).run())
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("tiny-5")
                .hasMessageContaining("synthetic-9");
        assertThat(folder.resolve("run")).doesNotExist();
    }

    @Test
    void givenAStudentWhoseClassesCannotBeChanged_whenAQuickstartIsStarted_thenItSaysSoAndLeavesNothing() {
        Path traced = MODELS.resolve("fixtures/traced-eval.json");
        QuickstartSettings wrong = new QuickstartSettings(
                "synthetic",
                MODELS.resolve("teacher-synthetic.json"),
                traced,
                null,
                FRAMES,
                LabelSchedule.ALL,
                folder.resolve("run"),
                2,
                "cpu",
                1,
                0.002);

        assertThatThrownBy(() -> new Quickstart(wrong, progress(new StringWriter())).run())
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("tiny-5")
                .hasMessageContaining("--student");
        assertThat(folder.resolve("run")).doesNotExist();
    }

    @Test
    void givenWhatAQuickstartLeft_whenTheFolderIsCleared_thenWhatIsSomebodyElsesStays() throws Exception {
        Files.createDirectories(folder.resolve("work/kafka"));
        Files.writeString(folder.resolve("work/run.txt"), "x");
        Files.writeString(folder.resolve("report.json"), "{}");
        Files.writeString(folder.resolve("notes.txt"), "mine");

        Workspace.clear(folder);

        assertThat(folder.resolve("work")).doesNotExist();
        assertThat(folder.resolve("report.json")).doesNotExist();
        assertThat(folder.resolve("notes.txt")).hasContent("mine");
    }

    private Quickstart quickstart(int frames, StringWriter said) {
        return new Quickstart(settings(frames), progress(said));
    }

    private QuickstartSettings settings(int frames) {
        return settings(frames, LabelSchedule.ALL);
    }

    private QuickstartSettings settings(int frames, LabelSchedule labels) {
        return new QuickstartSettings(
                "synthetic",
                MODELS.resolve("teacher-synthetic.json"),
                MODELS.resolve("student-cnn.json"),
                STUDENT_VIEW,
                frames,
                labels,
                folder,
                2,
                "cpu",
                1,
                0.002);
    }

    private static Progress progress(StringWriter said) {
        return new Progress(new Console(new PrintWriter(said), false, 120));
    }
}
