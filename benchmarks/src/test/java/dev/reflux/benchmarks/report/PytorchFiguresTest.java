package dev.reflux.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.benchmarks.loss.LossBenchmark;
import java.util.List;
import org.junit.jupiter.api.Test;

class PytorchFiguresTest {

    @Test
    void givenTheStoredFigures_whenRead_thenEveryPublishedShapeHasItsBaseline() {
        PytorchFigures stored = PytorchFigures.stored();

        assertThat(stored.torch()).isNotBlank();
        assertThat(stored.threads()).isEqualTo(2);
        assertThat(LossBenchmark.SHAPES)
                .allSatisfy(shape -> assertThat(stored.loss(shape)).hasValueSatisfying(figures -> {
                    assertThat(figures.listing().median()).isPositive();
                    assertThat(figures.autograd().median()).isPositive();
                }));
    }

    @Test
    void givenTwoLayouts_whenAStepIsAskedFor_thenItIsTheFasterOne() {
        PytorchFigures stored = PytorchFigures.stored();

        PytorchFigures.StepFigures step =
                stored.step("student-cnn", 8, 9, 160, 256).orElseThrow();

        assertThat(stored.steps().stream()
                        .filter(one -> one.student().equals("student-cnn") && one.height() == 160)
                        .map(one -> one.step().median()))
                .hasSize(2)
                .allSatisfy(median -> assertThat(step.step().median()).isLessThanOrEqualTo(median));
        assertThat(stored.step("student-cnn", 3, 9, 160, 256)).isEmpty();
    }

    @Test
    void givenAnotherProcessorOrOtherThreads_whenCompared_thenAWarningSaysSo() {
        PytorchFigures stored = new PytorchFigures("processor A", "2.7.1", 2, List.of(), List.of());
        Machine same = new Machine("processor A", 2, "17", "Linux");
        Machine other = new Machine("processor B", 2, "17", "Linux");

        assertThat(stored.warning(same, 2)).isEmpty();
        assertThat(stored.warning(same, 1))
                .hasValueSatisfying(text -> assertThat(text).contains("--threads 2"));
        assertThat(stored.warning(other, 2))
                .hasValueSatisfying(text -> assertThat(text).contains("processor A", "processor B"));
    }
}
