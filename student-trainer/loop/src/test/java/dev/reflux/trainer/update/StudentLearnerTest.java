package dev.reflux.trainer.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelGrid;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorShape;
import dev.reflux.torch.TorchOptions;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.image.Augmentation;
import dev.reflux.torch.image.Flip;
import dev.reflux.torch.image.FrameTensors;
import dev.reflux.torch.model.SegmentationModel;
import dev.reflux.trainer.Samples;
import dev.reflux.trainer.distillation.KemAxis;
import dev.reflux.trainer.distillation.LossSettings;
import dev.reflux.trainer.ingest.TrainingSample;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The numbered guarantees of a learner, on a tiny student. */
class StudentLearnerTest {

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

    private static LearnerSettings with(LabelGrid labels, boolean relu) {
        LearnerSettings s = settings(0);
        return new LearnerSettings(
                s.loss(),
                s.warmUpFrames(),
                s.learningRate(),
                s.learningRateWarmUp(),
                s.weightDecay(),
                s.clipNorm(),
                s.emaDecay(),
                s.photometric(),
                s.flip(),
                s.prequentialFading(),
                s.consistency(),
                s.classBalance(),
                labels,
                relu);
    }

    private static LearnerSettings settings(long warmUpFrames) {
        return settings(warmUpFrames, 0);
    }

    private static LearnerSettings settings(long warmUpFrames, double consistency) {
        return new LearnerSettings(
                new LossSettings(0.1, 10, 1, 1, KemAxis.PIXELS, true, true, 1),
                warmUpFrames,
                0.01,
                3,
                0.01,
                5,
                0.9,
                0.25f,
                true,
                0.98,
                consistency,
                0.5);
    }

    /** A student, its learner and its random numbers. */
    private static final class Run implements AutoCloseable {

        private final SegmentationModel student =
                SegmentationModel.load(runtime, Samples.STUDENT, SegmentationModel.Mode.TRAINING);
        private final StudentLearner learner;
        private final CheckpointedRandom random = new CheckpointedRandom(5);
        private final List<StepReport> reports = new ArrayList<>();

        Run(LearnerSettings settings, long seed) {
            student.resetParameters(3);
            learner = new StudentLearner(runtime, student, settings, seed);
        }

        Run steps(int from, int to) {
            for (int i = from; i < to; i++) {
                reports.add(learner.learn(batch(i), 2, 4L * i, random));
            }
            return this;
        }

        /** Everything by its bytes. */
        Map<String, Integer> bits() {
            Map<String, Integer> bits = new HashMap<>();
            learner.state().forEach((name, bytes) -> bits.put(name, Arrays.hashCode(bytes)));
            bits.put("prequential", Arrays.hashCode(learner.prequentialState()));
            return bits;
        }

        @Override
        public void close() {
            learner.close();
            student.close();
        }
    }

    private static List<TrainingSample> batch(int i) {
        return IntStream.range(4 * i, 4 * i + 4).mapToObj(Samples::decoded).toList();
    }

    /** A sample whose teacher says nothing finite. */
    private static TrainingSample poisoned(int i) {
        TrainingSample sound = Samples.decoded(i);
        TensorShape shape = sound.projected().shape();
        float[] values = new float[shape.size()];
        Arrays.fill(values, Float.NaN);
        return new TrainingSample(
                sound.reference(),
                sound.frameId(),
                sound.cameraId(),
                sound.capturedAtMicros(),
                sound.domain(),
                sound.image(),
                sound.label(),
                new LogitMap(shape, values),
                sound.logits(),
                sound.view());
    }

    @Test
    void givenTheSameSamplesAndRandomNumbers_whenLearntTwice_thenEveryBitIsTheSame() {
        try (Run first = new Run(settings(8), 1);
                Run second = new Run(settings(8), 1)) {
            first.steps(0, 8);

            second.steps(0, 8);

            assertThat(second.bits()).isEqualTo(first.bits());
            assertThat(second.random.state()).isEqualTo(first.random.state());
            assertThat(second.reports)
                    .extracting(StepReport::total)
                    .isEqualTo(first.reports.stream().map(StepReport::total).toList());
        }
    }

    @Test
    void givenNothingSaid_whenLearnt_thenTheNearestLabelAndALinearProjectionAreUsed() {
        try (Run unsaid = new Run(settings(0), 1);
                Run said = new Run(with(LabelGrid.NEAREST, false), 1)) {
            unsaid.steps(0, 3);

            said.steps(0, 3);

            assertThat(said.bits()).isEqualTo(unsaid.bits());
        }
    }

    /** The projection's own loss alone sees those labels and that ReLU at the first step; CE does not. */
    @Test
    void givenLabelsByAreaOrAProjectionCutAtZero_whenLearnt_thenTheProjectionsLossIsAnotherAndCeIsNot() {
        try (Run nearest = new Run(with(LabelGrid.NEAREST, false), 1);
                Run area = new Run(with(LabelGrid.AREA, false), 1);
                Run relu = new Run(with(LabelGrid.NEAREST, true), 1)) {
            nearest.steps(0, 1);

            area.steps(0, 1);
            relu.steps(0, 1);

            StepReport first = nearest.reports.get(0);
            assertThat(area.reports.get(0).ce()).isEqualTo(first.ce());
            assertThat(relu.reports.get(0).ce()).isEqualTo(first.ce());
            assertThat(area.reports.get(0).bce()).isNotEqualTo(first.bce());
            // σ of what is cut at zero is never below 1/2: four classes of five cost log 2 or more at every cell.
            assertThat(relu.reports.get(0).bce())
                    .isGreaterThan(0.8 * Math.log(2))
                    .isNotEqualTo(first.bce());
        }
    }

    @Test
    void givenMirroredSamples_whenTheirLabelsAreBroughtOntoAGridByArea_thenEachCellHasWhatMostOfItsPixelsHave() {
        LabelMap label = Samples.decoded(3).label();
        BatchTensors batch = new BatchTensors(
                runtime,
                new BatchTensors.Memory(),
                List.of(Samples.decoded(3), Samples.decoded(3)),
                List.of(Augmentation.NONE, Augmentation.NONE.withFlip(true)));

        List<LabelMap> grids = batch.labels(2, 3, LabelGrid.AREA, Samples.CLASSES);

        for (int y = 0; y < 2; y++) {
            for (int x = 0; x < 3; x++) {
                int[] votes = new int[Samples.CLASSES];
                for (int p = 0; p < Samples.WIDTH * Samples.HEIGHT; p++) {
                    boolean inside = p % Samples.WIDTH / 16 == x && p / Samples.WIDTH / 16 == y;
                    if (inside && (label.ids()[p] & 0xFF) != 255) {
                        votes[label.ids()[p]]++;
                    }
                }
                int most = 0;
                for (int c = 1; c < votes.length; c++) {
                    most = votes[c] > votes[most] ? c : most;
                }
                assertThat(grids.get(0).at(x, y)).isEqualTo(most);
                assertThat(grids.get(1).at(2 - x, y)).isEqualTo(most);
            }
        }
    }

    @Test
    void givenAnotherSeedOrAnotherFrame_whenLearnt_thenTheWeightsAreOthers() {
        try (Run one = new Run(settings(8), 1);
                Run otherFrames = new Run(settings(8), 1);
                Run otherSeed = new Run(settings(8), 2)) {
            one.steps(0, 2);

            otherFrames.steps(1, 3);
            otherSeed.steps(0, 2);

            assertThat(otherFrames.bits().get("student"))
                    .isNotEqualTo(one.bits().get("student"));
            assertThat(otherSeed.bits().get("head")).isNotEqualTo(one.bits().get("head"));
        }
    }

    @Test
    void givenAStateInMidCourse_whenRestoredElsewhere_thenItGoesOnAsIfNeverInterrupted() {
        try (Run whole = new Run(settings(8), 1);
                Run resumed = new Run(settings(8), 99)) {
            whole.steps(0, 5);
            Map<String, byte[]> state = whole.learner.state();
            double[] prequential = whole.learner.prequentialState();
            long random = whole.random.state();
            whole.steps(5, 10);
            // It has learnt something else before.
            resumed.steps(20, 23);

            resumed.learner.restore(state, prequential);
            resumed.random.restore(random);
            resumed.steps(5, 10);

            assertThat(resumed.bits()).isEqualTo(whole.bits());
            assertThat(resumed.learner.steps()).isEqualTo(10);
            assertThat(resumed.reports.subList(3, 8))
                    .extracting(StepReport::learningRate)
                    .isEqualTo(whole.reports.subList(5, 10).stream()
                            .map(StepReport::learningRate)
                            .toList());
        }
    }

    @Test
    void givenAGradientThatIsNotFinite_whenStepped_thenNothingOfTheStudentChangesAndTheNextStepIsSound() {
        try (Run run = new Run(settings(0), 1);
                Run undisturbed = new Run(settings(0), 1)) {
            run.steps(0, 3);
            undisturbed.steps(0, 3);
            Map<String, Integer> before = run.bits();
            CheckpointedRandom aside = new CheckpointedRandom(1);

            StepReport report = run.learner.learn(List.of(Samples.decoded(40), poisoned(41)), 0, 12, aside);

            assertThat(report.gradientNorm()).isNaN();
            assertThat(run.bits()).isEqualTo(before);
            assertThat(run.learner.steps()).isEqualTo(3);
            run.steps(3, 5);
            undisturbed.steps(3, 5);
            assertThat(run.bits()).isEqualTo(undisturbed.bits());
        }
    }

    @Test
    void givenAWarmUp_whenItEnds_thenTheTeachersTermsBegin() {
        try (Run run = new Run(settings(8), 1)) {
            run.steps(0, 4);

            assertThat(run.reports).extracting(StepReport::warmUp).containsExactly(true, true, false, false);
            assertThat(run.reports.get(1).teacherShare()).isNaN();
            assertThat(run.reports.get(2).teacherShare()).isBetween(0.0, 1.0);
            assertThat(run.reports.get(2).hakd()).isPositive();
        }
    }

    @Test
    void givenManySteps_whenLearnt_thenTheLossFallsAndThePrequentialScoreRises() {
        try (Run run = new Run(settings(40), 1)) {
            run.steps(0, 60);

            double first = mean(run.reports.subList(0, 5));
            double last = mean(run.reports.subList(55, 60));
            assertThat(last).isLessThan(0.7 * first);
            assertThat(run.learner.prequentialMiou()).isGreaterThan(0.4);
        }
    }

    private static double mean(List<StepReport> reports) {
        return reports.stream().mapToDouble(StepReport::ce).average().orElseThrow();
    }

    @Test
    void givenATeacherWhoseGridWasSetAnew_whenItsSamplesMeetOldOnes_thenTheyMakeOneBatch() {
        try (Run run = new Run(settings(0), 1)) {
            TrainingSample finer = Samples.decoded(
                    9,
                    Samples.sound(9)
                            .setLogits(Samples.tensor(Samples.label(9, 0), 8, 12))
                            .setProjectedLogits(Samples.tensor(Samples.label(9, 0), 4, 6)));

            StepReport report = run.learner.learn(List.of(Samples.decoded(8), finer), 2, 100, run.random);

            assertThat(report.total()).isFinite().isPositive();
            assertThat(report.hakd()).isPositive();
            assertThat(run.learner.steps()).isEqualTo(1);
        }
    }

    @Test
    void givenALearnerUnderWay_whenItStepsAndIsCheckpointed_thenItTakesNoMoreMemoryOutsideTheHeap() {
        try (Run run = new Run(settings(0), 1).steps(0, 4)) {
            run.learner.state();
            long before = directMemory();

            run.steps(4, 12).learner.state();

            assertThat(directMemory()).isLessThanOrEqualTo(before);
        }
    }

    /** Bytes of all direct buffers that no collection has come across yet. */
    private static long directMemory() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getTotalCapacity)
                .sum();
    }

    @Test
    void givenAScaledLearningRate_whenStepped_thenTheStepUsesIt() {
        try (Run run = new Run(settings(0), 1)) {
            run.steps(0, 5);
            run.learner.scaleLearningRate(1.5);

            run.steps(5, 6);

            assertThat(run.reports.get(4).learningRate()).isEqualTo(0.01);
            assertThat(run.reports.get(5).learningRate()).isEqualTo(0.015);
        }
    }

    /** Frames of the first batch, as a buffer would hold them. */
    private static List<TrainingSample> held() {
        return batch(0);
    }

    /** Frames that are labelled otherwise than those before. */
    private static List<TrainingSample> contradicting() {
        return IntStream.range(0, 4)
                .mapToObj(i -> Samples.decoded(100 + i, Samples.sound(i, 2)))
                .toList();
    }

    @Test
    void givenNoConsistency_whenToldToRemember_thenNothingOfTheLearnerDiffers() {
        try (Run told = new Run(settings(8), 1);
                Run untold = new Run(settings(8), 1)) {
            told.steps(0, 2);
            untold.steps(0, 2);

            told.learner.remember(held());

            told.steps(0, 2);
            untold.steps(0, 2);
            assertThat(told.bits()).isEqualTo(untold.bits());
            assertThat(told.bits())
                    .containsOnlyKeys("student", "head", "optimizer", "ema", "class-pixels", "prequential");
            assertThat(told.reports).extracting(StepReport::consistency).containsOnly(0.0);
        }
    }

    @Test
    void givenRememberedSamples_whenTheyComeAgain_thenOnlyTheyAreHeldUntilTheyAreForgotten() {
        try (Run run = new Run(settings(400, 0.5), 1)) {
            run.steps(0, 3);
            run.learner.remember(held());

            StepReport again = run.learner.learn(held(), 0, 12, run.random);
            StepReport others = run.learner.learn(batch(5), 0, 12, run.random);
            run.learner.remember(batch(5));
            StepReport forgotten = run.learner.learn(held(), 0, 12, run.random);

            assertThat(again.consistency()).isPositive();
            assertThat(again.total())
                    .isCloseTo(again.ce() + again.bce() + 0.5 * again.consistency(), within(1e-5 * again.total()));
            assertThat(others.consistency()).isZero();
            assertThat(forgotten.consistency()).isZero();
        }
    }

    @Test
    void givenAContradictingStream_whenWhatWasSaidIsHeld_thenTheStudentStaysNearerToIt() {
        try (Run free = new Run(settings(4000, 0), 1);
                Run bound = new Run(settings(4000, 5), 1)) {
            free.steps(0, 20);
            bound.steps(0, 20);
            float[] said = logits(free);
            assertThat(logits(bound)).isEqualTo(said);
            bound.learner.remember(held());
            List<TrainingSample> both = new ArrayList<>(contradicting());
            both.addAll(held());

            for (int i = 0; i < 10; i++) {
                free.learner.learn(both, 0, 100, free.random);
                bound.learner.learn(both, 0, 100, bound.random);
            }

            assertThat(distance(logits(bound), said)).isLessThan(0.5 * distance(logits(free), said));
        }
    }

    /** What a student says of the held frames. */
    private static float[] logits(Run run) {
        try (NDManager scratch = runtime.manager().newSubManager()) {
            List<RgbImage> images = held().stream().map(TrainingSample::image).toList();
            NDArray x = new FrameTensors()
                    .batch(
                            scratch,
                            images,
                            new ImageSize(Samples.WIDTH, Samples.HEIGHT),
                            run.student.card().input());
            return run.student.forward(scratch, x).logits().toFloatArray();
        }
    }

    private static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return sum / a.length;
    }

    @Test
    void givenAStateWithMemories_whenRestoredElsewhere_thenItGoesOnAsIfNeverInterrupted() {
        try (Run whole = new Run(settings(8, 0.5), 1);
                Run resumed = new Run(settings(8, 0.5), 99)) {
            whole.steps(0, 3);
            whole.learner.remember(held());
            Map<String, byte[]> state = whole.learner.state();
            double[] prequential = whole.learner.prequentialState();
            long random = whole.random.state();
            whole.steps(0, 3);
            resumed.steps(20, 23);
            resumed.learner.remember(batch(21));

            resumed.learner.restore(state, prequential);
            // What a trainer does next: the buffer is there again, and nothing in it is unknown.
            resumed.learner.remember(held());

            resumed.random.restore(random);
            resumed.steps(0, 3);
            assertThat(resumed.bits()).isEqualTo(whole.bits()).containsKey("remembered");
            assertThat(resumed.reports.get(3).consistency())
                    .isPositive()
                    .isEqualTo(whole.reports.get(3).consistency());
        }
    }

    @Test
    void givenNewFramesWithAndWithoutALabel_whenLearnt_thenOnlyThoseWithoutAreNotedAndNothingElseChanges() {
        List<TrainingSample> batch = new ArrayList<>(batch(0));
        batch.set(1, batch.get(1).withLabel(LabelMap.none()));
        batch.set(3, batch.get(3).withLabel(LabelMap.none()));
        try (Run noted = new Run(settings(0), 1);
                Run plain = new Run(settings(0), 1)) {
            List<LabelMap> before = noted.learner.predictions(List.of(batch.get(1)));
            noted.learner.noteFirstSights(true);
            plain.learner.learn(batch, 2, 0, plain.random);

            noted.learner.learn(batch, 2, 0, noted.random);

            assertThat(noted.bits()).isEqualTo(plain.bits());
            assertThat(plain.learner.firstSights()).isEmpty();
            assertThat(noted.learner.firstSights()).singleElement().satisfies(sight -> {
                assertThat(sight.sample()).isSameAs(batch.get(1));
                LabelMap said = batch.get(1).logits().classes();
                int width = before.get(0).width();
                int height = before.get(0).height();
                LabelMap teacher = said.nearest(width, height);
                assertThat(sight.teacher().ids())
                        .isIn(teacher.ids(), Flip.of(teacher).ids());
                assertThat(sight.student().width()).isEqualTo(width);
                assertThat(sight.student().height()).isEqualTo(height);
                assertThat(sight.classWeights()).hasSize(Samples.CLASSES);
            });
            noted.learner.learnAgain(batch, 2, 0, noted.random);
            assertThat(noted.learner.firstSights()).hasSize(1);
            noted.learner.learn(batch(1), 2, 0, noted.random);
            assertThat(noted.learner.firstSights()).isEmpty();
        }
    }
}
