package dev.reflux.benchmarks.throughput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.benchmarks.report.FigureFile;
import dev.reflux.common.failure.UsageException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ThroughputBenchmarkTest {

    private static final Path TEACHER = Path.of("../models/teacher-synthetic.json");
    private static final Path STUDENT = Path.of("../models/fixtures/tiny-student.json");

    @Test
    void givenFewFrames_whenMeasured_thenEveryStageIsThereAndTheSumsHold() throws Exception {
        ThroughputSettings settings = new ThroughputSettings("synthetic:1,40", TEACHER, STUDENT, 16, 1000, 1, 2);
        long start = System.nanoTime();

        ThroughputFigures figures = new ThroughputBenchmark(settings, progress -> {}).run();

        double seconds = (System.nanoTime() - start) / 1e9;
        fits(figures.teacherStream(), seconds);
        fits(figures.trainerStream(), seconds);
        holds(figures.teacherStages(), TeacherRuns.STAGES);
        holds(figures.trainerStages(), TrainerRuns.STAGES);
        holds(figures.teacherStream(), 8 * 40);
        holds(figures.trainerStream(), 16);
        assertThat(figures.step().ours().min())
                .as("milliseconds of a step of 8 frames")
                .isBetween(0.5, 1000 * seconds);
        assertThat(figures.step().pytorch())
                .as("the tiny student has no stored figure")
                .isNull();
        assertThat(figures.text()).contains("decode image and label", "through Kafka", "no figure of plain PyTorch");
        JsonNode json = new ObjectMapper()
                .readTree(FigureFile.now("throughput", figures).json());
        assertThat(json.at("/figures/trainerStages/millis/checkpoint").asDouble())
                .isEqualTo(figures.trainerStages().millis().get("checkpoint"));
        assertThat(json.at("/figures/teacherStream/ratio/median").asDouble())
                .isEqualTo(figures.teacherStream().ratio().median());
    }

    /** Frames a second, not a minute or a millisecond: both runs of a pair took less than the whole benchmark. */
    private static void fits(ThroughputFigures.StreamFigures stream, double seconds) {
        assertThat(stream.frames() / stream.kafka().median()
                        + stream.frames() / stream.memory().median())
                .isLessThan(seconds);
        assertThat(stream.kafka().median()).isLessThan(100_000);
    }

    private static void holds(StageFigures stages, java.util.List<String> names) {
        assertThat(stages.millis()).containsOnlyKeys(names);
        assertThat(stages.millis().values())
                .allSatisfy(millis -> assertThat(millis).isPositive());
        assertThat(stages.millis().values().stream()
                        .mapToDouble(Double::doubleValue)
                        .sum())
                .isLessThanOrEqualTo(stages.wall());
    }

    private static void holds(ThroughputFigures.StreamFigures stream, int frames) {
        assertThat(stream.frames()).isEqualTo(frames);
        assertThat(stream.ratio().times()).isEqualTo(1);
        assertThat(stream.ratio().median())
                .isEqualTo(stream.kafka().median() / stream.memory().median());
    }

    @Test
    void givenATeacherOfOtherClasses_whenMeasured_thenOneSentenceSaysSo() {
        ThroughputSettings settings = new ThroughputSettings(
                "synthetic:1,40", Path.of("../models/fixtures/tiny-teacher.json"), STUDENT, 16, 0, 1, 2);

        assertThatThrownBy(() -> new ThroughputBenchmark(settings, progress -> {}).run())
                .isInstanceOf(UsageException.class)
                .hasMessageContainingAll("tiny-5", "--teacher");
    }
}
