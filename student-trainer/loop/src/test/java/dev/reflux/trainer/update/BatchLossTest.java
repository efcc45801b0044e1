package dev.reflux.trainer.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorShape;
import dev.reflux.torch.TorchOptions;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.image.Augmentation;
import dev.reflux.trainer.Samples;
import dev.reflux.trainer.distillation.KemAxis;
import dev.reflux.trainer.distillation.LossSettings;
import dev.reflux.trainer.distillation.LossTerms;
import dev.reflux.trainer.distillation.ReferenceLoss;
import dev.reflux.trainer.distillation.UnlabeledCells;
import dev.reflux.trainer.ingest.TrainingSample;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What labels and teacher teach together, against the written formulas in double arithmetic: CE, L_kd, L_hakd and BCE with
 * y = the label, or the teacher's most likely class where there is none.
 */
class BatchLossTest {

    private static final int CLASSES = Samples.CLASSES;
    private static final int ROWS = 4;
    private static final int COLUMNS = 6;
    private static final UnlabeledCells UNEVEN = new UnlabeledCells(0.7, 1.3, 0.4);

    private static TorchRuntime runtime;

    @BeforeAll
    static void start() {
        runtime = TorchRuntime.start(new TorchOptions(2, "cpu"));
        runtime.useThisThread();
    }

    @AfterAll
    static void stop() {
        runtime.close();
    }

    record Batch(String name, UnlabeledCells unlabeled, List<TrainingSample> samples) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Batch> batches() {
        return Stream.of(
                new Batch("a frame without a label", UNEVEN, List.of(unlabeled(1))),
                new Batch("a frame without a label, by the defaults", UnlabeledCells.standard(), List.of(unlabeled(1))),
                new Batch("half a label", UNEVEN, List.of(half(2))),
                new Batch("half a label, by the defaults", UnlabeledCells.standard(), List.of(half(2))),
                new Batch("one label of three", UNEVEN, List.of(unlabeled(1), random(3), half(2))),
                new Batch("no pseudo-label", new UnlabeledCells(0, 1, 0), List.of(unlabeled(1), half(2))),
                new Batch("pseudo-labels only", new UnlabeledCells(1, 0, 0), List.of(unlabeled(1), half(2))),
                new Batch("L_hakd only", new UnlabeledCells(0, 0, 2), List.of(unlabeled(1), half(2))));
    }

    @ParameterizedTest
    @MethodSource("batches")
    void givenMissingLabels_whenTheLossIsTaken_thenTermsAndGradientsAreTheFormulas(Batch given) {
        LossSettings settings = new LossSettings(0.5, 3, 1, 0.9, KemAxis.PIXELS, true, true, 3, given.unlabeled());
        Reference reference = new Reference(settings, given.samples());
        try (NDManager scratch = runtime.manager().newSubManager()) {
            LossTerms terms = take(scratch, settings, TeacherUse.ALL, reference).terms();

            assertThat(terms.ce()).isCloseTo(reference.ce(reference.s), within(1e-5));
            assertThat(terms.kd()).isCloseTo(reference.kd(reference.s), within(1e-5));
            assertThat(terms.bce()).isCloseTo(reference.bce(reference.z), within(1e-5));
            assertThat(terms.hakd()).isCloseTo(reference.hakd(reference.z), within(1e-5));
            assertClose(terms.logitsGradient(), reference.s, at -> reference.ce(at) + settings.kd() * reference.kd(at));
            assertClose(
                    terms.projectedGradient(),
                    reference.z,
                    at -> settings.projection() * reference.bce(at) + settings.hakd() * reference.hakd(at));
        }
    }

    @Test
    void givenTheWarmUp_whenTheLossIsTaken_thenPseudoLabelsTeachWithoutTheDistillationTerms() {
        LossSettings settings = LossSettings.standard();
        Reference reference = new Reference(settings, List.of(unlabeled(1), half(2)));
        try (NDManager scratch = runtime.manager().newSubManager()) {
            LossTerms terms =
                    take(scratch, settings, TeacherUse.CLASSES, reference).terms();

            assertThat(terms.kd()).isZero();
            assertThat(terms.hakd()).isZero();
            assertClose(terms.logitsGradient(), reference.s, reference::ce);
            assertClose(terms.projectedGradient(), reference.z, reference::bce);
        }
    }

    @Test
    void givenATeacherThatIsNotTrusted_whenAFrameHasNoLabel_thenNothingTeaches() {
        LossSettings settings = LossSettings.standard();
        Reference reference = new Reference(settings, List.of(unlabeled(1)));
        try (NDManager scratch = runtime.manager().newSubManager()) {
            BatchLoss.Result result = take(scratch, settings, TeacherUse.NONE, reference);

            assertThat(result.labeledFraction()).isNaN();
            assertThat(result.terms().logitsGradient().abs().max().getFloat()).isZero();
            assertThat(result.terms().projectedGradient().abs().max().getFloat())
                    .isZero();
        }
    }

    @Test
    void givenALabelOfHalfAFrame_whenTheLossIsTaken_thenHalfOfWhatTeachesIsLabeled() {
        LossSettings settings = LossSettings.standard();
        Reference reference = new Reference(settings, List.of(half(2), unlabeled(3)));
        try (NDManager scratch = runtime.manager().newSubManager()) {
            BatchLoss.Result result = take(scratch, settings, TeacherUse.ALL, reference);

            assertThat(result.labeledFraction()).isEqualTo(0.25);
        }
    }

    private static BatchLoss.Result take(
            NDManager scratch, LossSettings settings, TeacherUse teacher, Reference reference) {
        List<TrainingSample> samples = reference.samples;
        LearnerSettings learner = new LearnerSettings(settings, 0, 0.01, 0, 0, 5, 0.9, 0, false, 0.98, 0, 0);
        BatchTensors.Memory memory = new BatchTensors.Memory();
        BatchTensors batch =
                new BatchTensors(runtime, memory, samples, Collections.nCopies(samples.size(), Augmentation.NONE));
        try (BatchLoss loss = new BatchLoss(
                runtime,
                learner,
                CLASSES,
                new ClassBalance(CLASSES, 0),
                new ForwardScore(CLASSES, 0.98),
                new FirstSights(CLASSES),
                new ReplayConsistency(runtime, 0, null))) {
            return loss.of(
                    scratch,
                    teacher,
                    batch,
                    ReferenceLoss.tensor(scratch, reference.s, ROWS, COLUMNS),
                    ReferenceLoss.tensor(scratch, reference.z, ROWS / 2, COLUMNS / 2),
                    new ScoredFrames(samples.size(), true));
        }
    }

    /** A sample whose teacher says something of its own: its classes are not those of the label. */
    private static TrainingSample random(int i) {
        Random random = new Random(i);
        return Samples.decoded(i).withTensors(map(random, ROWS / 2, COLUMNS / 2), map(random, ROWS, COLUMNS));
    }

    private static TrainingSample unlabeled(int i) {
        return random(i).withLabel(LabelMap.none());
    }

    /** The label of the left half only. */
    private static TrainingSample half(int i) {
        TrainingSample sample = random(i);
        LabelMap label = sample.label();
        byte[] ids = label.ids().clone();
        for (int p = 0; p < ids.length; p++) {
            ids[p] = p % label.width() < label.width() / 2 ? ids[p] : (byte) 255;
        }
        return sample.withLabel(new LabelMap(label.width(), label.height(), ids));
    }

    private static LogitMap map(Random random, int rows, int columns) {
        TensorShape shape = new TensorShape(CLASSES, rows, columns);
        float[] values = new float[shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (2 * random.nextGaussian());
        }
        return new LogitMap(shape, values);
    }

    /** The formulas for a batch, at a student of random outputs. */
    private static final class Reference {

        private final LossSettings settings;
        private final List<TrainingSample> samples;
        private final double[][][] s;
        private final double[][][] z;
        private final double[][][] t;
        private final int[][] y;
        private final int[][] yz;
        private final int[][] labels;
        private final int[][] cellLabels;
        private final ReferenceLoss.Frozen frozen;

        Reference(LossSettings settings, List<TrainingSample> samples) {
            this.settings = settings;
            this.samples = samples;
            Random random = new Random(77);
            this.s = values(samples.size(), () -> map(random, ROWS, COLUMNS));
            this.z = values(samples.size(), () -> map(random, ROWS / 2, COLUMNS / 2));
            int[] next = {0, 0};
            this.t = values(samples.size(), () -> samples.get(next[0]++).logits());
            this.labels = grid(ROWS, COLUMNS);
            this.cellLabels = grid(ROWS / 2, COLUMNS / 2);
            UnlabeledCells unlabeled = settings.unlabeled();
            this.y = filled(labels, 1, true);
            this.yz = filled(cellLabels, 2, unlabeled.hakd() > 0);
            double[][][] zt =
                    values(samples.size(), () -> samples.get(next[1]++).projected());
            this.frozen = ReferenceLoss.freeze(
                    z, zt, yz, settings.kemAxis(), settings.kmm(), settings.kem(), settings.kemTau());
        }

        private static double[][][] values(int count, java.util.function.Supplier<LogitMap> maps) {
            double[][][] values = new double[count][][];
            for (int n = 0; n < count; n++) {
                LogitMap map = maps.get();
                int plane = map.shape().plane();
                values[n] = new double[CLASSES][plane];
                for (int i = 0; i < map.values().length; i++) {
                    values[n][i / plane][i % plane] = map.values()[i];
                }
            }
            return values;
        }

        private int[][] grid(int rows, int columns) {
            int[][] ids = new int[samples.size()][rows * columns];
            for (int n = 0; n < ids.length; n++) {
                LabelMap map = samples.get(n).label();
                for (int p = 0; p < ids[n].length; p++) {
                    // The pixel under the center of the cell.
                    int x = (2 * (p % columns) + 1) * map.width() / (2 * columns);
                    int row = (2 * (p / columns) + 1) * map.height() / (2 * rows);
                    ids[n][p] = map.at(x, row);
                }
            }
            return ids;
        }

        /** @param stride the number of cells of the teacher's logits for one of this grid, in each direction */
        private int[][] filled(int[][] label, int stride, boolean byTeacher) {
            int[][] all = new int[label.length][];
            int columns = COLUMNS / stride;
            for (int n = 0; n < all.length; n++) {
                all[n] = label[n].clone();
                for (int p = 0; p < all[n].length && byTeacher; p++) {
                    if (all[n][p] == 255) {
                        int row = (2 * (p / columns) + 1) * stride / 2;
                        int column = (2 * (p % columns) + 1) * stride / 2;
                        all[n][p] = largest(t[n], row * COLUMNS + column);
                    }
                }
            }
            return all;
        }

        private static int largest(double[][] maps, int p) {
            int best = 0;
            for (int c = 1; c < maps.length; c++) {
                best = maps[c][p] > maps[best][p] ? c : best;
            }
            return best;
        }

        private static double[][] weights(int[][] label, double unlabeled) {
            double[][] w = new double[label.length][label[0].length];
            for (int n = 0; n < w.length; n++) {
                for (int p = 0; p < w[n].length; p++) {
                    w[n][p] = label[n][p] == 255 ? unlabeled : 1;
                }
            }
            return w;
        }

        double ce(double[][][] at) {
            return ReferenceLoss.ce(at, y, weights(labels, settings.unlabeled().ce()));
        }

        double kd(double[][][] at) {
            return ReferenceLoss.kd(
                    at,
                    t,
                    y,
                    settings.tau(),
                    weights(labels, settings.unlabeled().kd()));
        }

        double bce(double[][][] at) {
            return ReferenceLoss.bce(
                    at, yz, weights(cellLabels, settings.unlabeled().hakd()));
        }

        double hakd(double[][][] at) {
            return ReferenceLoss.hakd(
                    at,
                    frozen,
                    yz,
                    settings.tau(),
                    weights(cellLabels, settings.unlabeled().hakd()));
        }
    }

    /** Central differences in double arithmetic. */
    private static void assertClose(NDArray gradient, double[][][] at, ToDoubleFunction<double[][][]> loss) {
        float[] actual = gradient.toFloatArray();
        double step = 1e-5;
        int i = 0;
        for (double[][] frame : at) {
            for (double[] map : frame) {
                for (int p = 0; p < map.length; p++) {
                    double value = map[p];
                    map[p] = value + step;
                    double up = loss.applyAsDouble(at);
                    map[p] = value - step;
                    double down = loss.applyAsDouble(at);
                    map[p] = value;
                    assertThat((double) actual[i]).as("element " + i).isCloseTo((up - down) / (2 * step), within(1e-6));
                    i++;
                }
            }
        }
    }
}
