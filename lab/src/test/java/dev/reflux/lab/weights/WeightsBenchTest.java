package dev.reflux.lab.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.common.image.ImageSize;
import dev.reflux.lab.learning.LearningListener;
import dev.reflux.lab.learning.LearningMethods;
import dev.reflux.lab.learning.LearningSettings;
import dev.reflux.lab.learning.Protocol;
import dev.reflux.teacher.publish.WireType;
import dev.reflux.torch.TorchOptions;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmark in small: the real teacher, the tiny student, twenty scenes. */
class WeightsBenchTest {

    @TempDir
    Path out;

    @Test
    void givenAStudentThatHasHardlyLearned_whenRun_thenItsErrorsTakeMoreOfTheGradientThanOfTheCells() {
        WeightsBench.Result result = bench().run();

        assertThat(result.figures().splits())
                .extracting(WeightFigures.Split::name)
                .containsExactly("train", "test");
        WeightFigures.Split test = result.figures().splits().get(1);
        assertThat(test.frames()).isEqualTo(6);
        assertThat(test.teacher()).isGreaterThan(test.projected()).isLessThan(1);
        WeightFigures.Row wrong = test.rows().get(CellKind.STUDENT_WRONG.ordinal());
        assertThat(wrong.cells()).isBetween(0.02, 0.9);
        assertThat(wrong.ce()).isGreaterThan(wrong.cells());
        assertThat(wrong.kd()).isGreaterThan(wrong.cells());
        assertThat(result.figures().text()).contains("student wrong", "effective cells");
        assertThat(result.pictures().split("<image ", -1)).hasSize(1 + 2 * 8);
    }

    private WeightsBench bench() {
        LearningSettings learning = new LearningSettings(
                "synthetic:1,20",
                Protocol.STREAM,
                Path.of("..", "models", "teacher-synthetic.json"),
                null,
                Path.of("..", "models", "fixtures", "tiny-student.json"),
                new ImageSize(128, 80),
                new ImageSize(128, 80),
                LearningMethods.parse(List.of("hakd")),
                LearningSettings.Replay.ON,
                List.of(),
                false,
                1,
                2,
                0.002,
                4,
                4,
                5,
                1,
                WireType.INT8,
                out,
                out,
                false,
                new TorchOptions(1, "cpu"));
        return new WeightsBench(learning, 6, 2, new LearningListener() {
            @Override
            public void say(String sentence) {
                assertThat(sentence).isNotBlank();
            }

            @Override
            public void progressed(String phase, long done, long of, String figures) {
                assertThat(done).as(phase).isBetween(0L, of);
            }
        });
    }
}
