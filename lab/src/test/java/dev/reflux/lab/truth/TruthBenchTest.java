package dev.reflux.lab.truth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageSize;
import dev.reflux.lab.learning.LearningListener;
import dev.reflux.lab.learning.LearningMethods;
import dev.reflux.lab.learning.LearningSettings;
import dev.reflux.lab.learning.Protocol;
import dev.reflux.teacher.publish.WireType;
import dev.reflux.torch.TorchOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmark in small: the real teacher, the tiny student, twenty scenes. */
class TruthBenchTest {

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
    void givenATeacherThatKnowsAndAStudentThatDoesNot_whenRun_thenKmmFollowsTheTeacherWhereItIsRight() {
        // Given
        TruthFigures first = run("hakd", false);
        said.clear();

        // When
        TruthFigures again = run("hakd", true);

        // Then
        assertThat(again).isEqualTo(first);
        assertThat(said).noneMatch(line -> line.startsWith("student 1"));
        TruthFigures.Row road = first.rows().stream()
                .filter(row -> row.name().equals("road"))
                .findFirst()
                .orElseThrow();
        assertThat(road.teacher()).isGreaterThan(0.7).isGreaterThan(road.student());
        assertThat(road.pixels()).isPositive();
        assertThat(road.shares().right().share()).isBetween(0.8, 1.0);
        assertThat(road.shares().wrong().share())
                .isLessThan(road.shares().right().share());
        assertThat(first.text()).contains("road", "S_t");
    }

    @Test
    void givenFiguresOfOneMethod_whenAnotherIsAskedForInTheSameFolder_thenItLearnsItself() {
        TruthFigures linear = run("hakd", false);

        TruthFigures relu = run("hakd:relu=true", true);

        assertThat(relu.method()).isEqualTo("hakd:relu=true");
        assertThat(relu.rows()).isNotEqualTo(linear.rows());
    }

    @Test
    void givenAMethodWithoutAHybrid_whenAskedFor_thenOneSentenceNamesIt() {
        assertThatThrownBy(() -> run("ce+kl", false))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("ce+kl")
                .hasMessageContaining("--method hakd");
    }

    private TruthFigures run(String method, boolean resume) {
        LearningSettings learning = new LearningSettings(
                "synthetic:1,20",
                Protocol.STREAM,
                Path.of("..", "models", "teacher-synthetic.json"),
                null,
                Path.of("..", "models", "fixtures", "tiny-student.json"),
                new ImageSize(128, 80),
                new ImageSize(128, 80),
                LearningMethods.parse(List.of(method)),
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
                resume,
                new TorchOptions(1, "cpu"));
        return new TruthBench(new TruthSettings(learning, 1), listener).run();
    }
}
