package dev.reflux.trainer.distillation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.reflux.common.label.LabelGrid;
import dev.reflux.common.label.LabelMap;
import dev.reflux.torch.TorchOptions;
import dev.reflux.torch.TorchRuntime;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Values against plain double arithmetic, gradients against its central differences. */
class HeteroAkdLossTest {

    /** The weights of the defaults with the KEM of the paper. */
    private static final LossSettings PAPER = new LossSettings(0.1, 10, 1, 1, KemAxis.PIXELS, true, true, 1);

    private static TorchRuntime runtime;
    private static HeteroAkdLoss loss;

    @BeforeAll
    static void start() {
        runtime = TorchRuntime.start(new TorchOptions(2, "cpu"));
        loss = new HeteroAkdLoss(runtime);
    }

    @AfterAll
    static void stop() {
        loss.close();
        runtime.close();
    }

    /** One batch: logits on one grid, projected logits on another. */
    record Case(String name, LossSettings settings, Maps logits, Maps projected) {
        @Override
        public String toString() {
            return name;
        }
    }

    record Maps(int height, int width, double[][][] student, double[][][] teacher, int[][] labels) {}

    static Stream<Case> cases() {
        return Stream.of(
                new Case(
                        "the defaults",
                        LossSettings.standard(),
                        maps(51, 2, 5, 3, 4, 2, 5, 0.2),
                        maps(52, 2, 5, 2, 3, 2, 5, 0.2)),
                new Case("plain", PAPER, maps(1, 2, 5, 3, 4, 2, 5, 0), maps(2, 2, 5, 2, 3, 2, 5, 0)),
                new Case("ignored pixels", PAPER, maps(3, 2, 4, 4, 5, 2, 4, 0.4), maps(4, 2, 4, 3, 3, 2, 4, 0.4)),
                new Case(
                        "a frame without any label",
                        PAPER,
                        blank(maps(5, 3, 4, 3, 3, 2, 4, 0)),
                        blank(maps(6, 3, 4, 2, 2, 2, 4, 0))),
                new Case("an absent class", PAPER, maps(7, 2, 6, 3, 4, 2, 3, 0), maps(8, 2, 6, 3, 4, 2, 3, 0)),
                new Case("logits of 80", PAPER, maps(9, 2, 4, 3, 4, 80, 4, 0.1), maps(10, 2, 4, 3, 4, 80, 4, 0.1)),
                new Case("one frame", PAPER, maps(11, 1, 3, 5, 4, 3, 3, 0), maps(12, 1, 3, 5, 4, 3, 3, 0)),
                new Case("150 classes", PAPER, maps(13, 1, 150, 2, 3, 3, 150, 0), maps(14, 1, 150, 2, 3, 3, 150, 0)),
                new Case(
                        "tau 0.7",
                        new LossSettings(1, 3, 0.5, 0.7, KemAxis.PIXELS, true, true, 1),
                        maps(15, 2, 5, 3, 4, 2, 5, 0.2),
                        maps(16, 2, 5, 3, 4, 2, 5, 0.2)),
                new Case(
                        "KEM over classes",
                        new LossSettings(0.1, 10, 1, 1, KemAxis.CLASSES, true, true, 1),
                        maps(17, 2, 5, 3, 4, 2, 5, 0.2),
                        maps(18, 2, 5, 3, 4, 2, 5, 0.2)),
                new Case(
                        "no KMM",
                        new LossSettings(0.1, 10, 1, 1, KemAxis.PIXELS, false, true, 1),
                        maps(19, 2, 5, 3, 4, 2, 5, 0.2),
                        maps(20, 2, 5, 3, 4, 2, 5, 0.2)),
                new Case(
                        "no KEM",
                        new LossSettings(0.1, 10, 1, 1, KemAxis.PIXELS, true, false, 1),
                        maps(21, 2, 5, 3, 4, 2, 5, 0.2),
                        maps(22, 2, 5, 3, 4, 2, 5, 0.2)),
                new Case(
                        "even weights by a high temperature",
                        PAPER.withKemTau(3),
                        maps(43, 2, 5, 3, 4, 2, 5, 0.2),
                        maps(44, 2, 5, 3, 4, 2, 5, 0.2)),
                new Case(
                        "sharp weights over classes",
                        new LossSettings(0.1, 10, 1, 1, KemAxis.CLASSES, true, true, 0.5),
                        maps(45, 2, 5, 3, 4, 2, 5, 0.2),
                        maps(46, 2, 5, 3, 4, 2, 5, 0.2)),
                new Case(
                        "projections cut at zero",
                        PAPER,
                        maps(25, 2, 5, 3, 4, 2, 5, 0.2),
                        rectified(maps(26, 2, 5, 3, 4, 2, 5, 0.2))),
                new Case(
                        "labels that most of a cell has",
                        PAPER,
                        maps(27, 2, 5, 3, 4, 2, 5, 0.2),
                        area(maps(28, 2, 5, 3, 4, 2, 5, 0), maps(29, 2, 5, 9, 12, 2, 5, 0.4))),
                new Case(
                        "cross-entropy only",
                        PAPER.withoutTeacher(),
                        maps(23, 2, 5, 3, 4, 2, 5, 0.2),
                        maps(24, 2, 5, 3, 4, 2, 5, 0.2)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void givenABatch_whenTheLossIsTaken_thenEveryTermIsThePapers(Case given) {
        try (NDManager scratch = runtime.manager().newSubManager()) {
            LossTerms terms = take(scratch, given);

            Maps l = given.logits();
            Maps z = given.projected();
            LossSettings s = given.settings();
            double ce = ReferenceLoss.ce(l.student(), l.labels());
            double kd = s.kd() == 0 ? 0 : ReferenceLoss.kd(l.student(), l.teacher(), l.labels(), s.tau());
            double hakd = s.hakd() == 0 ? 0 : ReferenceLoss.hakd(z.student(), frozen(given), z.labels(), s.tau());
            double bce = ReferenceLoss.bce(z.student(), z.labels());
            assertThat(terms.ce()).isCloseTo(ce, within(1e-5 * ce + 1e-9));
            assertThat(terms.kd()).isCloseTo(kd, within(1e-5 * kd + 1e-9));
            assertThat(terms.hakd()).isCloseTo(hakd, within(1e-5 * hakd + 1e-9));
            assertThat(terms.bce()).isCloseTo(bce, within(1e-5 * bce + 1e-9));
            assertThat(terms.total())
                    .isCloseTo(ce + s.kd() * kd + s.hakd() * hakd + s.projection() * bce, within(1e-4));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void givenABatch_whenTheGradientsAreTaken_thenTheyAreTheReferencesCentralDifferences(Case given) {
        try (NDManager scratch = runtime.manager().newSubManager()) {
            LossTerms terms = take(scratch, given);

            Maps l = given.logits();
            Maps z = given.projected();
            LossSettings s = given.settings();
            ReferenceLoss.Frozen frozen = frozen(given);
            double[] dLogits = differences(
                    l.student(),
                    x -> ReferenceLoss.ce(x, l.labels())
                            + (s.kd() == 0 ? 0 : s.kd() * ReferenceLoss.kd(x, l.teacher(), l.labels(), s.tau())));
            double[] dProjected = differences(
                    z.student(),
                    x -> s.projection() * ReferenceLoss.bce(x, z.labels())
                            + (s.hakd() == 0 ? 0 : s.hakd() * ReferenceLoss.hakd(x, frozen, z.labels(), s.tau())));
            assertClose(terms.logitsGradient().toFloatArray(), dLogits);
            assertClose(terms.projectedGradient().toFloatArray(), dProjected);
        }
    }

    /** Maps that are cut into several parts a frame, along the cells and along the classes. */
    @ParameterizedTest
    @EnumSource(KemAxis.class)
    void givenMapsOfManyParts_whenTheLossIsTaken_thenTermsAndSampledGradientsAreTheReferences(KemAxis axis) {
        LossSettings settings = new LossSettings(0.5, 10, 1, 0.9, axis, true, true, 1);
        Maps l = maps(41, 2, 7, 70, 90, 2, 7, 0.2);
        Maps z = maps(42, 3, 7, 60, 100, 2, 7, 0.2);
        try (NDManager scratch = runtime.manager().newSubManager()) {
            Case given = new Case("many parts", settings, l, z);

            LossTerms terms = take(scratch, given);

            ReferenceLoss.Frozen frozen = frozen(given);
            double ce = ReferenceLoss.ce(l.student(), l.labels());
            double kd = ReferenceLoss.kd(l.student(), l.teacher(), l.labels(), 0.9);
            double hakd = ReferenceLoss.hakd(z.student(), frozen, z.labels(), 0.9);
            double bce = ReferenceLoss.bce(z.student(), z.labels());
            assertThat(terms.ce()).isCloseTo(ce, within(1e-5 * ce));
            assertThat(terms.kd()).isCloseTo(kd, within(1e-5 * kd));
            assertThat(terms.hakd()).isCloseTo(hakd, within(1e-5 * hakd));
            assertThat(terms.bce()).isCloseTo(bce, within(1e-5 * bce));
            assertSampled(
                    terms.logitsGradient().toFloatArray(),
                    l.student(),
                    x -> ReferenceLoss.ce(x, l.labels()) + 0.5 * ReferenceLoss.kd(x, l.teacher(), l.labels(), 0.9));
            assertSampled(
                    terms.projectedGradient().toFloatArray(),
                    z.student(),
                    x -> ReferenceLoss.bce(x, z.labels()) + 10 * ReferenceLoss.hakd(x, frozen, z.labels(), 0.9));
        }
    }

    private static void assertSampled(float[] actual, double[][][] at, ToDoubleFunction<double[][][]> f) {
        double largest = 0;
        for (float value : actual) {
            largest = Math.max(largest, Math.abs(value));
        }
        Random random = new Random(7);
        double step = 1e-3;
        int classes = at[0].length;
        int pixels = at[0][0].length;
        for (int sample = 0; sample < 12; sample++) {
            int n = random.nextInt(at.length);
            int c = random.nextInt(classes);
            int p = random.nextInt(pixels);
            double value = at[n][c][p];
            at[n][c][p] = value + step;
            double up = f.applyAsDouble(at);
            at[n][c][p] = value - step;
            double down = f.applyAsDouble(at);
            at[n][c][p] = value;
            assertThat((double) actual[(n * classes + c) * pixels + p])
                    .as("frame %d, class %d, cell %d", n, c, p)
                    .isCloseTo((up - down) / (2 * step), within(1e-4 * largest));
        }
    }

    @Test
    void givenPixelsThatWeighMoreThanOthers_whenTheLossIsTaken_thenCeAndKlAreMeansByWeight() {
        LossSettings settings = new LossSettings(0.5, 10, 1, 0.9, KemAxis.PIXELS, true, true, 1);
        Maps l = maps(51, 2, 7, 40, 90, 2, 7, 0.2);
        Case given = new Case("weights", settings, l, maps(52, 2, 7, 6, 10, 2, 7, 0.2));
        double[][] w = weights(l.labels());
        try (NDManager scratch = runtime.manager().newSubManager()) {
            NDArray weights = scratch.create(floats(w), new Shape(2, l.height(), l.width()));

            LossTerms terms = loss.of(scratch, settings, inputs(scratch, given, PixelWeights.shared(weights), null));

            double ce = ReferenceLoss.ce(l.student(), l.labels(), w);
            double kd = ReferenceLoss.kd(l.student(), l.teacher(), l.labels(), 0.9, w);
            assertThat(terms.ce()).isCloseTo(ce, within(1e-5 * ce));
            assertThat(terms.kd()).isCloseTo(kd, within(1e-5 * kd));
            assertThat(ce).isNotCloseTo(ReferenceLoss.ce(l.student(), l.labels()), within(1e-2));
            assertSampled(
                    terms.logitsGradient().toFloatArray(),
                    l.student(),
                    x -> ReferenceLoss.ce(x, l.labels(), w)
                            + 0.5 * ReferenceLoss.kd(x, l.teacher(), l.labels(), 0.9, w));
        }
    }

    @Test
    void givenPixelsThatWeighDifferentlyInEachTerm_whenTheLossIsTaken_thenEachTermIsItsOwnMean() {
        LossSettings settings = new LossSettings(0.5, 10, 1, 0.9, KemAxis.PIXELS, true, true, 1);
        Maps l = maps(53, 2, 7, 40, 90, 2, 7, 0.2);
        Case given = new Case("two weights", settings, l, maps(54, 2, 7, 6, 10, 2, 7, 0.2));
        double[][] inCe = weights(l.labels());
        double[][] inKd = reversed(inCe, l.labels());
        Shape shape = new Shape(2, l.height(), l.width());
        try (NDManager scratch = runtime.manager().newSubManager()) {
            PixelWeights weights =
                    new PixelWeights(scratch.create(floats(inCe), shape), scratch.create(floats(inKd), shape));

            LossTerms terms = loss.of(scratch, settings, inputs(scratch, given, weights, null));

            double ce = ReferenceLoss.ce(l.student(), l.labels(), inCe);
            double kd = ReferenceLoss.kd(l.student(), l.teacher(), l.labels(), 0.9, inKd);
            assertThat(terms.ce()).isCloseTo(ce, within(1e-5 * ce));
            assertThat(terms.kd()).isCloseTo(kd, within(1e-5 * kd));
            assertThat(kd)
                    .isNotCloseTo(ReferenceLoss.kd(l.student(), l.teacher(), l.labels(), 0.9, inCe), within(1e-2));
            assertSampled(
                    terms.logitsGradient().toFloatArray(),
                    l.student(),
                    x -> ReferenceLoss.ce(x, l.labels(), inCe)
                            + 0.5 * ReferenceLoss.kd(x, l.teacher(), l.labels(), 0.9, inKd));
        }
    }

    @ParameterizedTest
    @EnumSource(KemAxis.class)
    void givenCellsThatWeighMoreThanOthers_whenTheLossIsTaken_thenBceIsAMeanByWeightAndHakdIsScaled(KemAxis axis) {
        LossSettings settings = new LossSettings(0.5, 10, 1, 0.9, axis, true, true, 3);
        Maps z = maps(56, 2, 7, 12, 20, 2, 7, 0.2);
        Case given = new Case("cells", settings, maps(55, 2, 7, 6, 10, 2, 7, 0.2), z);
        double[][] c = weights(z.labels());
        try (NDManager scratch = runtime.manager().newSubManager()) {
            NDArray weights = scratch.create(floats(c), new Shape(2, z.height(), z.width()));

            LossTerms terms = loss.of(scratch, settings, inputs(scratch, given, null, weights));

            ReferenceLoss.Frozen frozen = frozen(given);
            double bce = ReferenceLoss.bce(z.student(), z.labels(), c);
            double hakd = ReferenceLoss.hakd(z.student(), frozen, z.labels(), 0.9, c);
            assertThat(terms.bce()).isCloseTo(bce, within(1e-5 * bce));
            assertThat(terms.hakd()).isCloseTo(hakd, within(1e-5 * hakd));
            assertSampled(
                    terms.projectedGradient().toFloatArray(),
                    z.student(),
                    x -> ReferenceLoss.bce(x, z.labels(), c) + 10 * ReferenceLoss.hakd(x, frozen, z.labels(), 0.9, c));
        }
    }

    /** The same weights, from the last to the first, without the pixels that have no label. */
    private static double[][] reversed(double[][] w, int[][] labels) {
        double[][] turned = new double[w.length][w[0].length];
        for (int n = 0; n < w.length; n++) {
            for (int p = 0; p < w[n].length; p++) {
                turned[n][p] = labels[n][p] == 255 ? 0 : 0.1 + w[n][w[n].length - 1 - p];
            }
        }
        return turned;
    }

    private static double[][] weights(int[][] labels) {
        double[][] w = new double[labels.length][labels[0].length];
        for (int n = 0; n < w.length; n++) {
            for (int p = 0; p < w[n].length; p++) {
                w[n][p] = labels[n][p] == 255 ? 0 : 0.2 + labels[n][p];
            }
        }
        return w;
    }

    private static float[] floats(double[][] values) {
        float[] flat = new float[values.length * values[0].length];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = (float) values[i / values[0].length][i % values[0].length];
        }
        return flat;
    }

    @Test
    void givenNoLabelAtAll_whenTheLossIsTaken_thenAllIsZero() {
        Maps l = blankAll(maps(31, 2, 4, 3, 3, 2, 4, 0));
        Maps z = blankAll(maps(32, 2, 4, 2, 2, 2, 4, 0));
        try (NDManager scratch = runtime.manager().newSubManager()) {
            LossTerms terms = take(scratch, new Case("none", PAPER, l, z));

            assertThat(terms.total()).isZero();
            assertThat(terms.logitsGradient().abs().max().getFloat()).isZero();
            assertThat(terms.projectedGradient().abs().max().getFloat()).isZero();
        }
    }

    /** Where teacher and student agree everywhere there is nothing to learn from the teacher. */
    @Test
    void givenAStudentThatIsItsTeacher_whenTheLossIsTaken_thenBothDistillationTermsVanish() {
        Maps maps = maps(33, 2, 5, 3, 4, 3, 5, 0.1);
        Maps same = new Maps(maps.height(), maps.width(), maps.student(), maps.student(), maps.labels());
        try (NDManager scratch = runtime.manager().newSubManager()) {
            LossTerms terms = take(scratch, new Case("same", PAPER, same, same));

            assertThat(terms.kd()).isCloseTo(0, within(1e-7));
            assertThat(terms.hakd()).isCloseTo(0, within(1e-7));
            assertThat(terms.teacherShare()).isCloseTo(0.5, within(1e-5));
        }
    }

    private static ReferenceLoss.Frozen frozen(Case given) {
        Maps z = given.projected();
        LossSettings s = given.settings();
        return ReferenceLoss.freeze(z.student(), z.teacher(), z.labels(), s.kemAxis(), s.kmm(), s.kem(), s.kemTau());
    }

    private static LossTerms take(NDManager scratch, Case given) {
        return loss.of(scratch, given.settings(), inputs(scratch, given, null, null));
    }

    private static LossInputs inputs(
            NDManager scratch, Case given, @Nullable PixelWeights weights, @Nullable NDArray cellWeights) {
        Maps l = given.logits();
        Maps z = given.projected();
        return new LossInputs(
                tensor(scratch, l, l.student()),
                tensor(scratch, l, l.teacher()),
                labels(scratch, l),
                weights,
                tensor(scratch, z, z.student()),
                tensor(scratch, z, z.teacher()),
                labels(scratch, z),
                cellWeights);
    }

    private static void assertClose(float[] actual, double[] expected) {
        double largest = 1e-12;
        for (double value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < expected.length; i++) {
            // The differences themselves are good to about 1e-9.
            assertThat((double) actual[i]).as("element " + i).isCloseTo(expected[i], within(1e-5 * largest + 2e-8));
        }
    }

    @Test
    void givenABatch_whenTheTeachersShareIsTakenValueByValue_thenItsMeanIsTheLosss() {
        Maps z = maps(31, 2, 5, 3, 4, 3, 5, 0.2);
        Case given = new Case("shares", PAPER, maps(30, 2, 5, 3, 4, 2, 5, 0.2), z);
        try (NDManager scratch = runtime.manager().newSubManager()) {
            double share = take(scratch, given).teacherShare();

            double sum = 0;
            int count = 0;
            for (int n = 0; n < 2; n++) {
                for (int p = 0; p < 12; p++) {
                    for (int c = 0; c < 5 && z.labels()[n][p] != 255; c++) {
                        sum += TeacherShare.of(z.student()[n][c][p], z.teacher()[n][c][p], z.labels()[n][p] == c);
                        count++;
                    }
                }
            }
            assertThat(sum / count).isCloseTo(share, within(1e-6));
        }
    }

    @Test
    void givenOneThatKnowsAndOneThatDoesNot_whenTheShareIsTaken_thenItGoesToTheOneThatKnows() {
        assertThat(TeacherShare.of(-5, 5, true)).isCloseTo(0.99866, within(1e-5));
        assertThat(TeacherShare.of(-5, 5, false)).isCloseTo(0.00134, within(1e-5));
        assertThat(TeacherShare.of(2, 2, true)).isCloseTo(0.5, within(1e-6));
        assertThat(TeacherShare.of(900, -900, false)).isCloseTo(1, within(1e-9));
    }

    private static double[] differences(double[][][] at, ToDoubleFunction<double[][][]> f) {
        double step = 1e-5;
        double[] gradient = new double[at.length * at[0].length * at[0][0].length];
        int i = 0;
        for (double[][] frame : at) {
            for (double[] map : frame) {
                for (int p = 0; p < map.length; p++) {
                    double value = map[p];
                    map[p] = value + step;
                    double up = f.applyAsDouble(at);
                    map[p] = value - step;
                    double down = f.applyAsDouble(at);
                    map[p] = value;
                    gradient[i++] = (up - down) / (2 * step);
                }
            }
        }
        return gradient;
    }

    private static Maps maps(
            long seed,
            int frames,
            int classes,
            int height,
            int width,
            double range,
            int labelledClasses,
            double ignored) {
        Random random = new Random(seed);
        int[][] labels = new int[frames][height * width];
        for (int[] frame : labels) {
            for (int p = 0; p < frame.length; p++) {
                frame[p] = random.nextDouble() < ignored ? 255 : random.nextInt(labelledClasses);
            }
        }
        return new Maps(
                height,
                width,
                values(random, frames, classes, height * width, range),
                values(random, frames, classes, height * width, range),
                labels);
    }

    /** Values that a float holds exactly, so that both sides see the same. */
    private static double[][][] values(Random random, int frames, int classes, int pixels, double range) {
        double[][][] values = new double[frames][classes][pixels];
        for (double[][] frame : values) {
            for (double[] map : frame) {
                for (int p = 0; p < pixels; p++) {
                    map[p] = (float) (range > 10 ? range * (random.nextInt(3) - 1) : range * random.nextGaussian());
                }
            }
        }
        return values;
    }

    private static Maps rectified(Maps maps) {
        for (double[][][] values : List.of(maps.student(), maps.teacher())) {
            for (double[][] frame : values) {
                for (double[] map : frame) {
                    Arrays.setAll(map, p -> Math.max(0, map[p]));
                }
            }
        }
        return maps;
    }

    /** The first with the labels of the second, brought onto its grid. */
    private static Maps area(Maps maps, Maps fine) {
        int classes = maps.student()[0].length;
        for (int n = 0; n < maps.labels().length; n++) {
            byte[] ids = new byte[fine.height() * fine.width()];
            for (int p = 0; p < ids.length; p++) {
                ids[p] = (byte) fine.labels()[n][p];
            }
            LabelMap grid = LabelGrid.AREA.apply(
                    new LabelMap(fine.width(), fine.height(), ids), maps.width(), maps.height(), classes);
            Arrays.setAll(maps.labels()[n], p -> grid.ids()[p] & 0xFF);
        }
        return maps;
    }

    private static Maps blank(Maps maps) {
        java.util.Arrays.fill(maps.labels()[1], 255);
        return maps;
    }

    private static Maps blankAll(Maps maps) {
        for (int[] frame : maps.labels()) {
            java.util.Arrays.fill(frame, 255);
        }
        return maps;
    }

    private static NDArray tensor(NDManager to, Maps maps, double[][][] values) {
        return ReferenceLoss.tensor(to, values, maps.height(), maps.width());
    }

    private static NDArray labels(NDManager to, Maps maps) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(maps.labels().length * maps.height() * maps.width());
        for (int[] frame : maps.labels()) {
            for (int label : frame) {
                bytes.put((byte) label);
            }
        }
        return to.create(bytes.rewind(), new Shape(maps.labels().length, maps.height(), maps.width()), DataType.UINT8);
    }
}
