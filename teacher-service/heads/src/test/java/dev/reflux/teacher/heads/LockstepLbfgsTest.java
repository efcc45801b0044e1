package dev.reflux.teacher.heads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LockstepLbfgsTest {

    /** f_k(x) = Σ_i s_i (x_i − k)² with scales s over four powers of ten. */
    private static double[] bowls(double[][] points, double[][] gradients) {
        double[] values = new double[points.length];
        for (int k = 0; k < points.length; k++) {
            for (int i = 0; i < points[k].length; i++) {
                double scale = Math.pow(10, i % 5 - 2);
                double off = points[k][i] - k;
                values[k] += scale * off * off;
                gradients[k][i] = 2 * scale * off;
            }
        }
        return values;
    }

    @Test
    void givenBadlyScaledBowls_whenMinimized_thenEachReachesItsOwnMinimum() {
        LockstepLbfgs search = new LockstepLbfgs(1e-9, 400);

        LockstepLbfgs.Result result = search.minimize(LockstepLbfgsTest::bowls, new double[3][10], (e, values) -> {});

        assertThat(result.converged()).isEqualTo(3);
        for (int k = 0; k < 3; k++) {
            for (double x : result.points()[k]) {
                assertThat(x).isCloseTo(k, within(1e-6));
            }
        }
    }

    @Test
    void givenAStartAtTheMinimum_whenMinimized_thenOneLookIsEnough() {
        LockstepLbfgs.Result result =
                new LockstepLbfgs(1e-9, 400).minimize(LockstepLbfgsTest::bowls, new double[1][4], (e, values) -> {});

        assertThat(result.evaluations()).isEqualTo(1);
        assertThat(result.points()[0]).containsOnly(0.0);
    }

    @Test
    void givenFewEvaluations_whenMinimized_thenItStopsThereAndValuesNeverRose() {
        List<Double> seen = new ArrayList<>();

        LockstepLbfgs.Result result = new LockstepLbfgs(1e-12, 7)
                .minimize(LockstepLbfgsTest::bowls, new double[][] {{5, -3, 9, 1, 2}}, (e, values) -> {
                    seen.add(values[0]);
                });

        assertThat(result.evaluations()).isEqualTo(7);
        assertThat(seen).isSortedAccordingTo((a, b) -> Double.compare(b, a));
        assertThat(result.converged()).isZero();
    }

    @Test
    void givenAFunctionWithKinks_whenItCannotBeLowered_thenItEndsInsteadOfLoopingForEver() {
        LockstepLbfgs.Objective kink = (points, gradients) -> {
            gradients[0][0] = points[0][0] >= 0 ? 1 : -1;
            return new double[] {Math.abs(points[0][0])};
        };

        LockstepLbfgs.Result result =
                new LockstepLbfgs(1e-9, 100_000).minimize(kink, new double[][] {{0.3}}, (e, values) -> {});

        assertThat(result.evaluations()).isLessThan(1000);
        assertThat(result.values()[0]).isLessThan(0.3);
    }
}
