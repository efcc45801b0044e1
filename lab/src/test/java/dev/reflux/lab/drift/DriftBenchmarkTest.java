package dev.reflux.lab.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DriftBenchmarkTest {

    @Test
    void givenThirtyStreamsOfEachKind_whenRun_thenDelaysAndFalseAlarmsAreWhatTheDetectorsPromise() {
        List<Integer> told = new ArrayList<>();

        List<DriftFigures> figures = new DriftBenchmark(30).run(told::add);

        assertThat(figures).hasSize(DriftBenchmark.rows());
        assertThat(told).endsWith(DriftBenchmark.rows());
        DriftFigures step = row(figures, DriftScenario.STEP, "λ=3, from 12");
        // λ / (rise − δ) = 3 / 0.25 figures to the alarm.
        assertThat(step.detected()).isEqualTo(1);
        assertThat(step.medianDelay()).isCloseTo(12, within(4.0));
        assertThat(row(figures, DriftScenario.STEADY, "λ=3, from 12").falsePerThousand())
                .isLessThan(0.5);
        assertThat(row(figures, DriftScenario.STEADY, "λ=3, from 12").detected())
                .isNaN();
        assertThat(row(figures, DriftScenario.SMALL_STEP, "δ=0.002").medianDelay())
                .isGreaterThan(row(figures, DriftScenario.STEP, "δ=0.002").medianDelay());
        assertThat(DriftBenchmark.table(figures)).contains("ADWIN", "Page-Hinkley", "ramp");
    }

    private static DriftFigures row(List<DriftFigures> figures, DriftScenario scenario, String detector) {
        return figures.stream()
                .filter(one -> one.scenario().equals(scenario.label())
                        && one.detector().contains(detector))
                .findFirst()
                .orElseThrow();
    }
}
