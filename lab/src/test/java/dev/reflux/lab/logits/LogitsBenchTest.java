package dev.reflux.lab.logits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reflux.common.image.ImageSize;
import dev.reflux.lab.learning.LearningListener;
import dev.reflux.lab.learning.LearningMethods;
import dev.reflux.lab.learning.LearningSettings;
import dev.reflux.lab.learning.Protocol;
import dev.reflux.teacher.publish.WireType;
import dev.reflux.torch.TorchOptions;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmark in small: the real teacher, the tiny student, twenty scenes. */
class LogitsBenchTest {

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
    void givenThreeEncodings_whenRun_thenFp32IsExactFp16IsNearInt4IsFarAndNothingIsRunAgain() throws IOException {
        // Given
        LogitsFigures first = run(false);
        List<String> runs =
                said.stream().filter(line -> line.contains("seed 1")).toList();
        said.clear();

        // When
        LogitsFigures again = run(true);

        // Then
        assertThat(again).isEqualTo(first);
        assertThat(said).noneMatch(line -> line.contains("seed"));
        assertThat(runs).hasSize(2);
        assertThat(out.resolve("runs/hakd-int4-1.json")).exists();
        LogitsFigures.Row fp32 = first.rows().get(0);
        LogitsFigures.Row fp16 = first.rows().get(1);
        LogitsFigures.Row int4 = first.rows().get(2);
        assertThat(fp32.trained()).isEqualTo(new GradientErrors.Error(0, 0, 0, 0));
        assertThat(fp32.untrained()).isEqualTo(new GradientErrors.Error(0, 0, 0, 0));
        assertThat(fp16.trained().hakd()).isBetween(1e-7, 0.005);
        assertThat(int4.trained().hakd()).isGreaterThan(10 * fp16.trained().hakd());
        assertThat(int4.trained().hakdWorst())
                .isGreaterThanOrEqualTo(int4.trained().hakd());
        assertThat(int4.untrained().kd()).isGreaterThan(10 * fp16.untrained().kd());
        assertThat(fp32.scores()).hasSize(1);
        assertThat(first.text()).contains("int4", "whole sample", "less fp32");
        assertThat(first.plot()).contains("fp16");
    }

    @Test
    void givenSamplesAsTheTeacherSentThem_whenSized_thenFp32IsTheirOwnSizeAndFp16SavesHalfOfTheTensors()
            throws IOException {
        LogitsFigures figures = run(false);

        LogitsBench.Size fp32 = figures.rows().get(0).bytes();
        LogitsBench.Size fp16 = figures.rows().get(1).bytes();
        assertThat(fp32.sample()).isCloseTo(meanOfCachedMessages(), within(1e-9));
        assertThat(fp16.tensors()).isEqualTo(fp32.tensors() / 2);
        // A length's own bytes may shrink by one in each tensor and in its data.
        assertThat(fp32.sample() - fp16.sample() - fp16.tensors()).isBetween(0.0, 4.0);
    }

    @Test
    void givenGradientsOfTwoFrames_whenHeldAgainstTheExact_thenErrorsAreRelativeFrameByFrame() {
        float[] exact = {3, 4, 0, 10};
        float[] off = {3, 4.5f, 6, 18};

        assertThat(GradientErrors.errors(off, exact, 2)).containsExactly(0.1, 1.0);
        assertThat(GradientErrors.errors(new float[4], new float[] {0, 0, 0, 2}, 2))
                .containsExactly(1.0);
    }

    private double meanOfCachedMessages() throws IOException {
        try (var files = Files.list(out)) {
            Path cached = files.filter(file -> file.toString().endsWith(".bin"))
                    .findFirst()
                    .orElseThrow();
            try (DataInputStream in = new DataInputStream(Files.newInputStream(cached))) {
                int count = in.readInt();
                double sum = 0;
                for (int i = 0; i < count; i++) {
                    int length = in.readInt();
                    sum += in.readNBytes(length).length;
                }
                return sum / count;
            }
        }
    }

    private LogitsFigures run(boolean resume) {
        LearningSettings learning = new LearningSettings(
                "synthetic:1,20",
                Protocol.STREAM,
                Path.of("..", "models", "teacher-synthetic.json"),
                null,
                Path.of("..", "models", "fixtures", "tiny-student.json"),
                new ImageSize(64, 40),
                new ImageSize(64, 40),
                LearningMethods.parse(List.of("hakd")),
                LearningSettings.Replay.ON,
                List.of(),
                false,
                1,
                2,
                0.002,
                4,
                4,
                10,
                1,
                WireType.FP32,
                out,
                out,
                resume,
                new TorchOptions(1, "cpu"));
        return new LogitsBench(
                        new LogitsSettings(learning, LogitEncodings.parse(List.of("fp32", "fp16", "int4")), 1),
                        listener)
                .run();
    }
}
