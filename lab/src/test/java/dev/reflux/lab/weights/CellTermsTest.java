package dev.reflux.lab.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reflux.common.label.LabelMap;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorShape;
import dev.reflux.trainer.distillation.KemAxis;
import dev.reflux.trainer.distillation.LossSettings;
import dev.reflux.trainer.distillation.ReferenceLoss;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class CellTermsTest {

    private static final int CLASSES = 3;
    private static final int[] Y = {0, 2, 255, 1, 1, 0};
    private static final int LABELED = 5;
    private static final double STEP = 1e-5;

    private final SplittableRandom random = new SplittableRandom(7);
    private final double[][] s = values();
    private final double[][] t = values();
    private final double[][] zs = values();
    private final double[][] zt = values();

    @Test
    void givenRandomLogitsAndAnIgnoredCell_whenComputed_thenGradientsAreThoseOfTheWrittenFormulas() {
        LossSettings settings = new LossSettings(1, 1, 1, 1.5, KemAxis.PIXELS, true, true, 3);

        CellTerms terms = terms(settings);

        ReferenceLoss.Frozen frozen = ReferenceLoss.freeze(
                new double[][][] {zs}, new double[][][] {zt}, new int[][] {Y}, KemAxis.PIXELS, true, true, 3);
        for (int p = 0; p < Y.length; p++) {
            double hakd = steepness(zs, p, z -> ReferenceLoss.hakd(new double[][][] {z}, frozen, new int[][] {Y}, 1.5));
            double kd = steepness(
                    s, p, z -> ReferenceLoss.kd(new double[][][] {z}, new double[][][] {t}, new int[][] {Y}, 1.5));
            double ce = steepness(s, p, z -> ReferenceLoss.ce(new double[][][] {z}, new int[][] {Y}));
            assertThat(terms.hakd(p)).isCloseTo(hakd * CLASSES / 1.5, within(1e-6));
            assertThat(terms.kd(p)).isCloseTo(kd * LABELED / 1.5, within(1e-6));
            assertThat(terms.ce(p)).isCloseTo(ce * LABELED, within(1e-6));
        }
    }

    @Test
    void givenRandomLogits_whenComputed_thenWeightsSumToOneAndAnIgnoredCellHasNone() {
        CellTerms terms = terms(LossSettings.standard());

        double sum = 0;
        for (int p = 0; p < Y.length; p++) {
            sum += terms.weight(p);
        }
        assertThat(sum).isCloseTo(1, within(1e-12));
        assertThat(terms.weight(2)).isZero();
        assertThat(terms.share(2)).isZero();
        assertThat(terms.share(0)).isBetween(0.0, 1.0).isNotZero();
        assertThat(terms.evenness()).isBetween(1.0 / LABELED, 1.0);
    }

    @Test
    void givenNoKem_whenComputed_thenAllLabeledCellsWeighAlike() {
        CellTerms terms = terms(new LossSettings(1, 1, 1, 1, KemAxis.PIXELS, true, false, 1));

        assertThat(terms.evenness()).isCloseTo(1, within(1e-12));
        assertThat(terms.weight(0)).isCloseTo(1.0 / LABELED, within(1e-12));
    }

    /** With Z_t far on the label's side and no KEM, Ẑ = Z_t = the label, and L_hakd pulls exactly as BCE does. */
    @Test
    void givenAnExactTeacherAndNeitherKmmNorKem_whenComputed_thenTheGradientPointsWhereBceDoes() {
        for (int c = 0; c < CLASSES; c++) {
            for (int p = 0; p < Y.length; p++) {
                zt[c][p] = Y[p] == c ? 60 : -60;
            }
        }

        CellTerms terms = terms(new LossSettings(1, 1, 1, 1, KemAxis.PIXELS, false, false, 1));

        assertThat(terms.cosine()).isCloseTo(1, within(1e-9));
    }

    private CellTerms terms(LossSettings settings) {
        byte[] ids = new byte[Y.length];
        for (int p = 0; p < Y.length; p++) {
            ids[p] = (byte) Y[p];
        }
        return new CellTerms(settings, new LabelMap(3, 2, ids), new CellTerms.Logits(map(s), map(t), map(zs), map(zt)));
    }

    /** The sum over the classes of the absolute derivatives of a loss at a cell, by central differences. */
    private static double steepness(double[][] at, int p, ToDoubleFunction<double[][]> loss) {
        double sum = 0;
        for (double[] map : at) {
            double kept = map[p];
            map[p] = kept + STEP;
            double above = loss.applyAsDouble(at);
            map[p] = kept - STEP;
            double below = loss.applyAsDouble(at);
            map[p] = kept;
            sum += Math.abs(above - below) / (2 * STEP);
        }
        return sum;
    }

    /** Floats, so that double and float arithmetic begin with the same numbers. */
    private double[][] values() {
        double[][] values = new double[CLASSES][Y.length];
        for (double[] map : values) {
            for (int p = 0; p < map.length; p++) {
                map[p] = (float) random.nextDouble(-4, 4);
            }
        }
        return values;
    }

    private static LogitMap map(double[][] values) {
        float[] flat = new float[CLASSES * Y.length];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = (float) values[i / Y.length][i % Y.length];
        }
        return new LogitMap(new TensorShape(CLASSES, 2, 3), flat);
    }
}
