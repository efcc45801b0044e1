package dev.reflux.benchmarks.loss;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.torch.TorchOptions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LossBenchmarkTest {

    @Test
    void givenAStoredAndAnUnknownShape_whenMeasured_thenTimesRatiosAndGradientsAreSound() {
        List<String> progress = new ArrayList<>();
        List<List<Integer>> shapes = List.of(List.of(8, 9, 40, 64), List.of(2, 5, 60, 120));

        LossFigures figures = new LossBenchmark(new TorchOptions(2, "cpu"), shapes, 2, progress::add).run();

        assertThat(figures.shapes()).extracting(LossFigures.OfShape::shape).isEqualTo(shapes);
        assertThat(figures.shapes()).allSatisfy(one -> {
            assertThat(one.ours().min()).isPositive();
            assertThat(one.autograd().min()).isPositive();
            assertThat(one.listing().min()).isPositive();
            assertThat(one.overListing().times()).isEqualTo(2);
            assertThat(one.gradientError()).containsOnlyKeys("ce", "kd", "hakd", "bce");
            assertThat(one.gradientError().values())
                    .allSatisfy(error -> assertThat(error).isPositive().isLessThan(1e-5));
        });
        assertThat(figures.shapes().get(0).overPytorchListing()).isPositive();
        assertThat(figures.shapes().get(1).overPytorchListing()).isNaN();
        assertThat(figures.text()).contains("8x9x40x64", "2x5x60x120", "PyTorch");
        assertThat(progress).isNotEmpty();
    }
}
