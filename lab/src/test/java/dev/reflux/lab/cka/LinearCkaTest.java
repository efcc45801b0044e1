package dev.reflux.lab.cka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reflux.common.image.ImageSize;
import dev.reflux.torch.TorchOptions;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LinearCkaTest {

    private final Random random = new Random(7);

    /** HSIC's U-statistic by its definition: all quadruples of different examples (Song et al. 2012, Eq. 4). */
    @Test
    void givenSixExamples_whenEstimated_thenHsicIsTheMeanOverAllQuadruples() {
        double[][] k = symmetric(6);
        double[][] l = symmetric(6);
        double sum = 0;
        for (int i = 0; i < 6; i++) {
            for (int j = 0; j < 6; j++) {
                for (int q = 0; q < 6; q++) {
                    for (int r = 0; r < 6; r++) {
                        if (i != j && i != q && i != r && j != q && j != r && q != r) {
                            sum += k[i][j] * (l[i][j] + l[q][r] - 2 * l[i][q]);
                        }
                    }
                }
            }
        }

        double estimate = LinearCka.hsic(k, l);

        assertThat(estimate).isCloseTo(sum / (6 * 5 * 4 * 3), within(1e-12));
    }

    /** CKA knows no rotation, no scale and no shift: Y = 3·X·R + 2 is X to it. */
    @Test
    void givenARotatedScaledShiftedCopy_whenCompared_thenCkaIsOne() {
        LinearCka cka = new LinearCka();
        for (int batch = 0; batch < 3; batch++) {
            double[][] x = normal(12, 2);
            double[][] y = new double[12][];
            for (int i = 0; i < 12; i++) {
                y[i] = new double[] {3 * (0.6 * x[i][0] - 0.8 * x[i][1]) + 2, 3 * (0.8 * x[i][0] + 0.6 * x[i][1]) + 2};
            }
            cka.add(x, y);
        }

        assertThat(cka.value()).isCloseTo(1, within(1e-9));
    }

    /**
     * In the limit CKA of Gaussian x and y = [x₁, e] is known: tr(Σxy Σyx)/(‖Σxx‖·‖Σyy‖) = 1/(√p·√2), here with p = 3.
     * Many small batches come to it, because the estimate is unbiased; the biased one of batches of 8 would be far above.
     */
    @Test
    void givenSharedPartOfKnownSize_whenManySmallBatchesAreAdded_thenCkaIsTheClosedForm() {
        LinearCka cka = new LinearCka();
        for (int batch = 0; batch < 20_000; batch++) {
            double[][] x = normal(8, 3);
            double[][] y = normal(8, 2);
            for (int i = 0; i < 8; i++) {
                y[i][0] = x[i][0];
            }
            cka.add(x, y);
        }

        assertThat(cka.value()).isCloseTo(1 / Math.sqrt(3 * 2), within(0.01));
    }

    @Test
    void givenTooFewExamples_whenAdded_thenRefused() {
        assertThatThrownBy(() -> new LinearCka().add(normal(3, 2), normal(3, 2)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(new LinearCka().value()).isNaN();
    }

    @Test
    void givenAModelAndItself_whenBenched_thenTheDiagonalIsOneAndTheRestIsBelow() {
        Path card = Path.of("..", "models", "teacher-synthetic.json");
        CkaSettings settings =
                new CkaSettings("synthetic", "test", card, card, new ImageSize(64, 40), 8, new TorchOptions(1, "cpu"));

        CkaBenchmark.Figures figures =
                new CkaBenchmark(settings).run(done -> assertThat(done).isBetween(1, 8));

        assertThat(figures.frames()).isEqualTo(8);
        assertThat(figures.cka().get("features").get("features")).isCloseTo(1, within(1e-9));
        assertThat(figures.cka().get("logits").get("logits")).isCloseTo(1, within(1e-9));
        assertThat(figures.cka().get("features").get("logits")).isBetween(0.05, 0.999);
        assertThat(figures.table()).contains("features", "1.000");
    }

    private double[][] normal(int examples, int features) {
        double[][] x = new double[examples][features];
        for (double[] row : x) {
            for (int f = 0; f < features; f++) {
                row[f] = random.nextGaussian();
            }
        }
        return x;
    }

    private double[][] symmetric(int n) {
        double[][] k = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                k[i][j] = random.nextGaussian();
                k[j][i] = k[i][j];
            }
        }
        return k;
    }
}
