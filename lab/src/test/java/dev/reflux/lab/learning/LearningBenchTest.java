package dev.reflux.lab.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageSize;
import dev.reflux.teacher.publish.WireType;
import dev.reflux.torch.TorchOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmark in small: the real teacher, the tiny student, twenty scenes. */
class LearningBenchTest {

    @TempDir
    Path out;

    private final List<String> said = new ArrayList<>();
    private final LearningListener listener = new LearningListener() {
        @Override
        public void say(String sentence) {
            said.add(sentence);
        }

        @Override
        public void progressed(String phase, long done, long of, String figures) {
            assertThat(done).as(phase).isBetween(0L, of);
        }
    };

    @Test
    void givenFourMethods_whenRun_thenEveryRunIsCountedAndAResumedBenchmarkRepeatsNone() throws IOException {
        // Given
        List<String> methods = List.of(
                "frozen",
                "ce",
                "ce:enough=0",
                "ce:der=0.5",
                "ce:mir=3",
                "hakd",
                "offline",
                "hakd:every=4",
                "hakd:every=4:pick=wanted",
                "hakd:every=4:pick=even-late");
        new LearningBench(settings(methods, false, 2), listener).run().write(out, "reflux bench learning");
        JsonNode first =
                new ObjectMapper().readTree(out.resolve("learning.json").toFile());
        FileTime made = Files.getLastModifiedTime(out.resolve("runs/hakd-1.json"));
        Files.delete(out.resolve("runs/ce-1.json"));
        said.clear();

        // When
        LearningReport resumed = new LearningBench(settings(methods, true, 2), listener).run();
        resumed.write(out, "reflux bench learning");

        // Then
        JsonNode again =
                new ObjectMapper().readTree(out.resolve("learning.json").toFile());
        assertThat(Files.getLastModifiedTime(out.resolve("runs/hakd-1.json"))).isEqualTo(made);
        assertThat(said).filteredOn(line -> line.startsWith("run ")).hasSize(1);
        assertThat(run(again, "ce").get("legs")).isEqualTo(run(first, "ce").get("legs"));
        assertThat(run(first, "frozen").get("steps").asInt()).isZero();
        // Five legs of four frames are five windows; two epochs of 20 frames in batches of 8 are six steps.
        assertThat(run(first, "ce").get("steps").asInt()).isEqualTo(10);
        assertThat(run(first, "hakd").get("steps").asInt()).isEqualTo(10);
        assertThat(run(first, "ce:enough=0").get("steps").asInt()).isEqualTo(5);
        assertThat(run(first, "ce:der=0.5").get("steps").asInt()).isEqualTo(10);
        assertThat(run(first, "ce:mir=3").get("steps").asInt()).isEqualTo(10);
        // Each of them does something.
        List<String> sparse = List.of("hakd:every=4", "hakd:every=4:pick=wanted", "hakd:every=4:pick=even-late");
        assertThat(sparse)
                .extracting(method -> run(first, method).get("steps").asInt())
                .containsOnly(10);
        assertThat(sparse).extracting(method -> run(first, method).get("legs")).doesNotHaveDuplicates();
        assertThat(List.of("ce", "ce:der=0.5", "ce:mir=3"))
                .extracting(method -> run(first, method).get("legs"))
                .doesNotHaveDuplicates();
        assertThat(run(first, "offline").get("steps").asInt()).isEqualTo(6);
        assertThat(run(first, "hakd").get("teacherShare").asDouble()).isBetween(0.5, 1.0);
        assertThat(run(first, "hakd").get("classShares")).hasSize(9);
        assertThat(run(first, "ce").get("classShares")).isEmpty();
        assertThat(resumed.text())
                .contains(
                        "The teacher's share in KMM",
                        "Same steps, with replay",
                        "Same steps, without replay",
                        "| teacher")
                .contains("day", "night");
        assertThat(Files.readString(out.resolve("learning.svg"))).contains("hakd");
    }

    @Test
    void givenTheSameWallClock_whenRun_thenASlowerMethodHasTheStepsThatItHasTimeFor() throws IOException {
        new LearningBench(settings(List.of("ce", "hakd"), false, 2, true), listener)
                .run()
                .write(out, "reflux bench learning");

        JsonNode report =
                new ObjectMapper().readTree(out.resolve("learning.json").toFile());
        double ce = report.get("stepMillis").get("ce").asDouble();
        double hakd = report.get("stepMillis").get("hakd").asDouble();
        assertThat(ce).isPositive();
        assertThat(hakd).isPositive();
        for (JsonNode run : report.get("runs")) {
            double own = run.get("key").get("method").asText().equals("ce") ? ce : hakd;
            if (run.get("key").get("budget").asText().equals("TIME")) {
                // Five windows of two steps; the first of each is always made.
                double affordable = 10 * Math.min(ce, hakd) / own;
                assertThat(run.get("steps").asDouble())
                        .isBetween(Math.max(5, affordable - 2), Math.max(5, affordable + 1));
            }
        }
    }

    @Test
    void givenACameraWithLabelsOfOtherFrames_whenLabelsAreSetAside_thenTheStudentLearnsOtherwiseOnlyIfOneIsDoubted()
            throws IOException {
        List<String> methods = List.of(
                "ce+kl:lr=0.01:updates=4:warmup=0",
                "ce+kl:lr=0.01:updates=4:warmup=0:distrust=true",
                "ce+kl:lr=0.01:updates=4:warmup=0:wrong=0.25:wrong-kind=camera",
                "ce+kl:lr=0.01:updates=4:warmup=0:wrong=0.25:wrong-kind=camera:distrust=true");

        new LearningBench(settings("synthetic:1,160", methods, false, 2, false), listener)
                .run()
                .write(out, "reflux bench learning");

        JsonNode report =
                new ObjectMapper().readTree(out.resolve("learning.json").toFile());
        assertThat(run(report, methods.get(1)).get("legs"))
                .isEqualTo(run(report, methods.get(0)).get("legs"));
        assertThat(run(report, methods.get(3)).get("legs"))
                .isNotEqualTo(run(report, methods.get(2)).get("legs"));
    }

    @Test
    void givenRunsOfOtherSettings_whenStarted_thenTheyAreNotMixed() {
        new LearningBench(settings(List.of("frozen"), false, 2), listener).run();

        assertThatThrownBy(() -> new LearningBench(settings(List.of("frozen"), false, 2), listener).run())
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("--resume");
        assertThatThrownBy(() -> new LearningBench(settings(List.of("frozen"), true, 3), listener).run())
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("updates")
                .hasMessageContaining("another --out");
    }

    @Test
    void givenFiguresOfThreeSeeds_whenSpread_thenMeanAndSampleDeviationLeaveOutWhatIsNotThere() {
        SeedSpread spread = SeedSpread.of(List.of(0.2, Double.NaN, 0.4, 0.6));

        assertThat(spread.mean()).isCloseTo(0.4, within(1e-12));
        assertThat(spread.deviation()).isCloseTo(0.2, within(1e-12));
        assertThat(spread.percent()).isEqualTo("40.0 ± 20.0");
        assertThat(SeedSpread.of(List.of()).percent()).isEqualTo("-");
    }

    @Test
    void givenAMethodWhoseStepsDoNotTellItsTime_whenTheSameWallClockIsAskedFor_thenItIsRefused() {
        assertThatThrownBy(() -> settings(List.of("ce", "ce:mir=3"), false, 2, true))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("ce:mir=3")
                .hasMessageContaining("--no-equal-time");
    }

    @Test
    void givenADatasetInAFolder_whenItsSettingsArePublished_thenTheFolderIsNotNamed() {
        LearningSettings settings = settings("camvid:/data/of/mine/camvid", List.of("ce"), false, 2, false);

        assertThat(settings.published())
                .containsEntry("dataset", "camvid:camvid")
                .containsEntry("updates", "2");
        assertThat(settings.fingerprint()).containsEntry("dataset", "camvid:/data/of/mine/camvid");
    }

    private static JsonNode run(JsonNode report, String method) {
        for (JsonNode run : report.get("runs")) {
            if (run.get("key").get("method").asText().equals(method)
                    && run.get("key").get("replay").asBoolean()) {
                return run;
            }
        }
        throw new AssertionError("no run of " + method);
    }

    private LearningSettings settings(List<String> methods, boolean resume, int updates) {
        return settings(methods, resume, updates, false);
    }

    private LearningSettings settings(List<String> methods, boolean resume, int updates, boolean equalTime) {
        return settings("synthetic:1,20", methods, resume, updates, equalTime);
    }

    private LearningSettings settings(
            String dataset, List<String> methods, boolean resume, int updates, boolean equalTime) {
        return new LearningSettings(
                dataset,
                Protocol.STREAM,
                Path.of("..", "models", "teacher-synthetic.json"),
                null,
                Path.of("..", "models", "fixtures", "tiny-student.json"),
                new ImageSize(64, 40),
                new ImageSize(64, 40),
                LearningMethods.parse(methods),
                LearningSettings.Replay.BOTH,
                methods.contains("hakd") ? List.of("hakd") : List.of(),
                equalTime,
                1,
                updates,
                0.002,
                4,
                4,
                10,
                2,
                WireType.INT8,
                out,
                out,
                resume,
                new TorchOptions(1, "cpu"));
    }
}
