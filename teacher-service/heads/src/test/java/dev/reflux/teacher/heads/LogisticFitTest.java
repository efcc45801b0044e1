package dev.reflux.teacher.heads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reflux.torch.TorchOptions;
import dev.reflux.torch.TorchRuntime;
import java.nio.FloatBuffer;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The search and its objective against a reference of its own: Newton's method in double precision. */
class LogisticFitTest {

    private static final int FEATURES = 5;
    private static final int CLASSES = 3;
    private static final double L2 = 1e-2;

    private TorchRuntime runtime;
    private FeatureCells cells;

    @BeforeEach
    void start() {
        runtime = TorchRuntime.start(new TorchOptions(1, "cpu"));
        cells = new FeatureCells(runtime.manager(), FEATURES);
    }

    @AfterEach
    void stop() {
        cells.close();
        runtime.close();
    }

    @Test
    void givenOverlappingClassesOfUnequalWeight_whenFitted_thenItIsTheOptimumThatNewtonFinds() {
        double[][] x = new double[9000][];
        int[] y = new int[x.length];
        float[] weight = new float[x.length];
        fill(x, y, weight, 1.0);

        LockstepLbfgs.Result found = fit();

        double[][] reference = Reference.newton(standardized(x, weight), y, weight, CLASSES, L2);
        for (int c = 0; c < CLASSES; c++) {
            assertThat(found.points()[c]).containsExactly(reference[c], within(2e-3));
        }
        assertThat(found.converged()).isEqualTo(CLASSES);
    }

    @Test
    void givenSeparableClasses_whenFitted_thenThePenaltyKeepsTheOptimumFiniteAndItIsReached() {
        double[][] x = new double[600][];
        int[] y = new int[x.length];
        float[] weight = new float[x.length];
        fill(x, y, weight, 0.05);

        LockstepLbfgs.Result found = fit();

        double[][] reference = Reference.newton(standardized(x, weight), y, weight, CLASSES, L2);
        for (int c = 0; c < CLASSES; c++) {
            assertThat(found.points()[c]).containsExactly(reference[c], within(5e-3));
        }
    }

    @Test
    void givenAFeatureThatNeverChanges_whenFitted_thenItTakesNoPart() {
        Random random = new Random(3);
        for (int i = 0; i < 200; i++) {
            float[] cell = {7, (float) random.nextGaussian(), i % 3, 0, 1};
            cells.add(FloatBuffer.wrap(cell), 1, 0, i % 3, 1);
        }

        try (LogisticObjective objective = new LogisticObjective(runtime, cells, CLASSES)) {
            Standardization standard = objective.moments();

            assertThat(standard.deviation()[0]).isZero();
            assertThat(standard.deviation()[3]).isZero();
            float[] folded = new float[FEATURES];
            float bias = standard.fold(new double[] {5, 1, 0, 5, 5, 2}, folded, 0);
            assertThat(folded[0]).isZero();
            assertThat((double) folded[1]).isCloseTo(1 / standard.deviation()[1], within(1e-5));
            assertThat((double) bias).isCloseTo(2 - standard.mean()[1] / standard.deviation()[1], within(1e-5));
        }
    }

    private LockstepLbfgs.Result fit() {
        try (LogisticObjective objective = new LogisticObjective(runtime, cells, CLASSES)) {
            objective.penalize(L2);
            objective.standardize(cells.blocks(), objective.moments());
            return new LockstepLbfgs(1e-6, 500)
                    .minimize(objective, new double[CLASSES][FEATURES + 1], (e, values) -> {});
        }
    }

    /** Clusters around one corner a class, on axes of very different scales. */
    private void fill(double[][] x, int[] y, float[] weight, double spread) {
        Random random = new Random(1);
        for (int i = 0; i < x.length; i++) {
            y[i] = random.nextInt(10) == 0 ? 2 : random.nextInt(2);
            weight[i] = 1 + random.nextInt(3);
            x[i] = new double[FEATURES];
            float[] cell = new float[FEATURES];
            for (int f = 0; f < FEATURES; f++) {
                double center = f == y[i] ? 1 : 0;
                cell[f] = (float) ((center + spread * random.nextGaussian()) * Math.pow(10, f - 2) + f);
                x[i][f] = cell[f];
            }
            cells.add(FloatBuffer.wrap(cell), 1, 0, y[i], weight[i]);
        }
    }

    private static double[][] standardized(double[][] x, float[] weight) {
        double[][] z = new double[x.length][FEATURES];
        for (int f = 0; f < FEATURES; f++) {
            double sum = 0;
            double total = 0;
            for (int i = 0; i < x.length; i++) {
                sum += weight[i] * x[i][f];
                total += weight[i];
            }
            double mean = sum / total;
            double variance = 0;
            for (int i = 0; i < x.length; i++) {
                variance += weight[i] * (x[i][f] - mean) * (x[i][f] - mean) / total;
            }
            for (int i = 0; i < x.length; i++) {
                z[i][f] = (x[i][f] - mean) / Math.sqrt(variance);
            }
        }
        return z;
    }

    /** Newton's method (IRLS) for the penalised logistic regression of each class; the bias is not penalised. */
    private static final class Reference {

        static double[][] newton(double[][] x, int[] y, float[] weight, int classes, double l2) {
            double total = 0;
            for (float w : weight) {
                total += w;
            }
            double[][] points = new double[classes][];
            for (int c = 0; c < classes; c++) {
                points[c] = one(x, y, weight, c, l2, total);
            }
            return points;
        }

        private static double[] one(double[][] x, int[] y, float[] weight, int c, double l2, double total) {
            int n = FEATURES + 1;
            double[] point = new double[n];
            for (int iteration = 0; iteration < 60; iteration++) {
                double[][] system = new double[n][n + 1];
                for (int i = 0; i < x.length; i++) {
                    double z = point[FEATURES];
                    for (int f = 0; f < FEATURES; f++) {
                        z += point[f] * x[i][f];
                    }
                    double p = 1 / (1 + Math.exp(-z));
                    double w = weight[i] / total;
                    for (int a = 0; a < n; a++) {
                        double xa = a < FEATURES ? x[i][a] : 1;
                        system[a][n] += w * (p - (y[i] == c ? 1 : 0)) * xa;
                        for (int b = 0; b < n; b++) {
                            system[a][b] += w * p * (1 - p) * xa * (b < FEATURES ? x[i][b] : 1);
                        }
                    }
                }
                for (int f = 0; f < FEATURES; f++) {
                    system[f][f] += l2;
                    system[f][n] += l2 * point[f];
                }
                double[] step = solve(system);
                for (int a = 0; a < n; a++) {
                    point[a] -= step[a];
                }
            }
            return point;
        }

        private static double[] solve(double[][] m) {
            int n = m.length;
            for (int k = 0; k < n; k++) {
                for (int i = 0; i < n; i++) {
                    if (i != k) {
                        double factor = m[i][k] / m[k][k];
                        for (int j = k; j <= n; j++) {
                            m[i][j] -= factor * m[k][j];
                        }
                    }
                }
            }
            double[] solution = new double[n];
            for (int k = 0; k < n; k++) {
                solution[k] = m[k][n] / m[k][k];
            }
            return solution;
        }
    }
}
