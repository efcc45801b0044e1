package dev.reflux.benchmarks.loss;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.benchmarks.report.PytorchFigures;
import dev.reflux.torch.TorchOptions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LossBenchmarkTest {

    @Test
    void givenAStoredAndAnUnknownShape_whenMeasuredOnce_thenRatiosAreTheseTimesAndGradientsAgree() {
        List<String> progress = new ArrayList<>();
        List<List<Integer>> shapes = List.of(List.of(8, 9, 40, 64), List.of(2, 5, 60, 120));
        long start = System.nanoTime();

        LossFigures figures = new LossBenchmark(new TorchOptions(2, "cpu"), shapes, 1, progress::add).run();

        double wall = (System.nanoTime() - start) / 1e6;
        PytorchFigures.LossFigures stored =
                PytorchFigures.stored().loss(shapes.get(0)).orElseThrow();
        LossFigures.OfShape known = figures.shapes().get(0);
        LossFigures.OfShape unknown = figures.shapes().get(1);
        assertThat(figures.shapes()).extracting(LossFigures.OfShape::shape).isEqualTo(shapes);
        assertThat(figures.shapes()).allSatisfy(one -> {
            // One round, so that each ratio is that of the two times beside it.
            assertThat(one.overListing().median())
                    .isEqualTo(one.listing().median() / one.ours().median());
            assertThat(one.overAutograd().median())
                    .isEqualTo(one.autograd().median() / one.ours().median());
            assertThat(one.gradientError()).containsOnlyKeys("ce", "kd", "hakd", "bce");
            assertThat(one.gradientError().values())
                    .allSatisfy(error -> assertThat(error).isPositive().isLessThan(1e-5));
        });
        assertThat(known.overPytorchListing())
                .isEqualTo(stored.listing().median() / known.ours().median());
        assertThat(known.overPytorchAutograd())
                .isEqualTo(stored.autograd().median() / known.ours().median());
        assertThat(unknown.overPytorchListing()).isNaN();
        assertThat(figures.shapes().stream()
                        .mapToDouble(one -> one.ours().median()
                                + one.autograd().median()
                                + one.listing().median())
                        .sum())
                .as("milliseconds of both shapes' only round, within all that was waited for")
                .isBetween(0.05, wall);
        assertThat(figures.text()).contains("8x9x40x64", "2x5x60x120", "PyTorch");
        assertThat(progress).last().asString().contains("round 1/1");
    }
}
