package dev.reflux.trainer.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorShape;
import dev.reflux.torch.TorchOptions;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.SegmentationModel;
import dev.reflux.trainer.Samples;
import dev.reflux.trainer.distillation.LossSettings;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.loop.LearningLoop;
import dev.reflux.trainer.loop.LoopListener;
import dev.reflux.trainer.loop.LoopPolicies;
import dev.reflux.trainer.loop.LoopSettings;
import dev.reflux.trainer.loop.WindowTrust;
import dev.reflux.trainer.replay.ReservoirReplay;
import dev.reflux.trainer.update.CheckpointedRandom;
import dev.reflux.trainer.update.LearnerSettings;
import dev.reflux.trainer.update.StepReport;
import dev.reflux.trainer.update.StudentLearner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The guard's verdicts on a tiny student: one that knows nothing, and one that has learned the stripes. */
class LearningGuardTest {

    private static final int CAMERAS = 4;

    private static TorchRuntime runtime;
    private static SegmentationModel model;
    private static StudentLearner learned;
    private static SegmentationModel blank;
    private static StudentLearner untrained;

    private final List<String> said = new ArrayList<>();
    private final List<Fault> faults = new ArrayList<>();
    private final GuardListener listener = new GuardListener() {
        @Override
        public void said(String sentence) {
            said.add(sentence);
        }

        @Override
        public void faulted(Fault fault) {
            faults.add(fault);
        }
    };

    @BeforeAll
    static void start() {
        runtime = TorchRuntime.start(new TorchOptions(1, "cpu"));
        runtime.useThisThread();
        model = SegmentationModel.load(runtime, Samples.STUDENT, SegmentationModel.Mode.TRAINING);
        model.resetParameters(3);
        learned = learner(model);
        LearningLoop loop = new LearningLoop(
                learned,
                new ReservoirReplay(50),
                new CheckpointedRandom(5),
                new LoopSettings(4, 4, 1),
                LoopPolicies.standard(),
                new LoopListener() {});
        for (int i = 0; i < 160; i += 4) {
            loop.train(IntStream.range(i, i + 4).mapToObj(Samples::decoded).toList());
        }
        assertThat(learned.accuracy()).as("the student has learned").isGreaterThan(0.6);
        blank = SegmentationModel.load(runtime, Samples.STUDENT, SegmentationModel.Mode.TRAINING);
        untrained = learner(blank);
    }

    private static StudentLearner learner(SegmentationModel of) {
        return new StudentLearner(
                runtime,
                of,
                new LearnerSettings(LossSettings.standard(), 4, 0.01, 3, 0.01, 5, 0.9, 0.25f, false, 0.98, 0, 0.5),
                1);
    }

    @AfterAll
    static void stop() {
        learned.close();
        untrained.close();
        model.close();
        blank.close();
        runtime.close();
    }

    private LearningGuard guard(StudentLearner student) {
        return new LearningGuard(GuardSettings.STANDARD, student, listener);
    }

    /** The i-th frame: four cameras take turns. */
    private static TrainingSample frame(int i) {
        return Samples.decoded(i, Samples.with(i, frame -> frame.setCameraId("camera-" + i % CAMERAS)));
    }

    private static TrainingSample with(TrainingSample of, RgbImage image, LabelMap label, LogitMap logits) {
        return new TrainingSample(
                of.reference(),
                of.frameId(),
                of.cameraId(),
                of.capturedAtMicros(),
                of.domain(),
                image,
                label,
                of.projected(),
                logits,
                of.view());
    }

    private static TrainingSample labeled(TrainingSample of, UnaryOperator<byte[]> ids) {
        byte[] changed = ids.apply(of.label().ids().clone());
        return with(of, of.image(), new LabelMap(Samples.WIDTH, Samples.HEIGHT, changed), of.logits());
    }

    private static TrainingSample saying(TrainingSample of, UnaryOperator<float[]> values) {
        return with(
                of,
                of.image(),
                of.label(),
                new LogitMap(
                        of.logits().shape(), values.apply(of.logits().values().clone())));
    }

    private static TrainingSample permuted(TrainingSample of) {
        return labeled(of, ids -> {
            for (int i = 0; i < ids.length; i++) {
                ids[i] = (ids[i] & 0xFF) == 255 ? ids[i] : (byte) ((ids[i] + 2) % Samples.CLASSES);
            }
            return ids;
        });
    }

    /** The teacher's classes are turned by two. */
    private static TrainingSample turned(TrainingSample of) {
        TensorShape shape = of.logits().shape();
        return saying(of, values -> {
            float[] turned = new float[values.length];
            for (int i = 0; i < values.length; i++) {
                turned[(i + 2 * shape.plane()) % values.length] = values[i];
            }
            return turned;
        });
    }

    /** Each makes a sane sample bad, in the way that the fault names. */
    private enum Harm {
        BLANK_IMAGE(of -> with(
                of,
                new RgbImage(
                        of.image().width(),
                        of.image().height(),
                        new byte[of.image().rgb().length]),
                of.label(),
                of.logits())),
        NOISY_LABEL(of -> labeled(of, ids -> {
            Random random = new Random(of.reference().offset());
            for (int i = 0; i < ids.length; i++) {
                ids[i] = (byte) random.nextInt(Samples.CLASSES);
            }
            return ids;
        })),
        FOREIGN_LABEL(LearningGuardTest::permuted),
        ABSURD_LOGITS(of -> saying(of, values -> {
            Arrays.fill(values, 3e38f);
            return values;
        })),
        ONE_CLASS(of -> saying(of, values -> {
            Arrays.fill(values, 0, values.length / Samples.CLASSES, 9);
            return values;
        })),
        NOISY_LOGITS(of -> saying(of, values -> {
            Random random = new Random(of.reference().offset());
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian();
            }
            return values;
        })),
        FOREIGN_LOGITS(LearningGuardTest::turned);

        private final UnaryOperator<TrainingSample> harm;

        Harm(UnaryOperator<TrainingSample> harm) {
            this.harm = harm;
        }
    }

    @Test
    void givenSaneFrames_whenJudged_thenNothingIsSaidAndEverythingIsTrusted() {
        LearningGuard guard = guard(untrained);

        List<Verdict> verdicts =
                IntStream.range(0, 80).mapToObj(i -> guard.judge(frame(i))).toList();

        assertThat(verdicts).containsOnly(Verdict.SANE);
        assertThat(said).isEmpty();
        assertThat(guard.trustOf(List.of(frame(0)))).isEqualTo(WindowTrust.FULL);
        assertThat(guard.takePurge()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(Harm.class)
    void givenOneBadFrame_whenJudged_thenItsFaultIsNamedOnceAndTheNextFrameIsSane(Harm harm) {
        LearningGuard guard = guard(learned);
        IntStream.range(0, 40).forEach(i -> guard.judge(frame(i)));

        Verdict bad = guard.judge(harm.harm.apply(frame(40)));

        assertThat(bad.fault()).isEqualTo(Fault.valueOf(harm.name()));
        assertThat(bad.sentence()).contains(bad.fault().words());
        assertThat(said).hasSize(1).first().asString().contains(bad.fault().words());
        assertThat(faults).containsExactly(bad.fault());
        boolean ofTeacher = bad.fault().side() == Fault.Side.TEACHER;
        assertThat(bad.setsAside()).isEqualTo(!ofTeacher);
        assertThat(guard.trustOf(List.of(frame(40))))
                .isEqualTo(
                        ofTeacher
                                ? new WindowTrust(
                                        false, java.util.Set.of(frame(40).reference()))
                                : WindowTrust.FULL);
        assertThat(guard.judge(frame(44))).isEqualTo(Verdict.SANE);
        assertThat(guard.trustOf(List.of(frame(44)))).isEqualTo(WindowTrust.FULL);
    }

    @ParameterizedTest
    @EnumSource(
            value = Harm.class,
            names = {"BLANK_IMAGE", "NOISY_LABEL", "FOREIGN_LABEL"})
    void givenACameraThatGoesBadAndRecovers_whenJudged_thenItAloneIsSetAsideAndComesBack(Harm harm) {
        LearningGuard guard = guard(learned);
        IntStream.range(0, 40).forEach(i -> guard.judge(frame(i)));

        List<Verdict> others = new ArrayList<>();
        for (int i = 40; i < 80; i++) {
            if (i % CAMERAS == 1) {
                assertThat(guard.judge(harm.harm.apply(frame(i))).setsAside()).isTrue();
            } else {
                others.add(guard.judge(frame(i)));
            }
        }
        boolean purged = guard.takePurge();
        int aside = guard.setAside();
        int probation = 0;
        for (int i = 81; guard.setAside() > 0; i += CAMERAS, probation++) {
            Verdict verdict = guard.judge(frame(i));
            assertThat(verdict.fault()).isIn(Fault.PROBATION, null);
        }

        assertThat(others).containsOnly(Verdict.SANE);
        assertThat(purged).isTrue();
        assertThat(aside).isEqualTo(1);
        assertThat(probation).isBetween(8, 20);
        assertThat(said).hasSize(3).allMatch(sentence -> sentence.contains("camera-1"));
        assertThat(said.get(2)).isEqualTo("Camera camera-1 is sane again and is trained on.");
        assertThat(guard.judge(frame(201))).isEqualTo(Verdict.SANE);
    }

    @Test
    void givenLabelsThatWereForeignFromTheStart_whenEnoughIsKnown_thenWhatEnteredBeforeIsPurged() {
        LearningGuard guard = guard(untrained);
        List<TrainingSample> held = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
            TrainingSample sample = i % CAMERAS == 1 ? permuted(frame(i)) : frame(i);
            if (!guard.judge(sample).setsAside()) {
                held.add(sample);
            }
        }
        long entered =
                held.stream().filter(s -> s.cameraId().equals("camera-1")).count();

        List<TrainingSample> kept = guard.keptOf(held, true);

        assertThat(entered).as("before there was anything to compare with").isBetween(1L, 8L);
        assertThat(kept).hasSize(60).noneMatch(s -> s.cameraId().equals("camera-1"));
    }

    @Test
    void givenLabelsOfAllCamerasThatTurnForeign_whenTheStudentKnowsBetter_thenAllAreSetAside() {
        LearningGuard guard = guard(learned);
        IntStream.range(0, 40).forEach(i -> guard.judge(frame(i)));

        IntStream.range(40, 80).forEach(i -> guard.judge(permuted(frame(i))));

        assertThat(faults).hasSize(40).containsOnly(Fault.FOREIGN_LABEL);
        assertThat(guard.setAside()).isEqualTo(CAMERAS);
        assertThat(guard.listensToTeacher()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = Harm.class,
            names = {"ABSURD_LOGITS", "ONE_CLASS", "NOISY_LOGITS", "FOREIGN_LOGITS"})
    void givenATeacherThatGoesBadAndRecovers_whenJudged_thenNoFrameIsLostAndItIsListenedToAgain(Harm harm) {
        LearningGuard guard = guard(learned);
        List<TrainingSample> held = new ArrayList<>();
        IntStream.range(0, 40).forEach(i -> guard.judge(frame(i)));

        for (int i = 40; i < 80; i++) {
            TrainingSample sample = harm.harm.apply(frame(i));
            assertThat(guard.judge(sample).setsAside()).isFalse();
            WindowTrust trust = guard.trustOf(List.of(sample));
            assertThat(trust.teacher()).isFalse();
            if (trust.notReplayed().isEmpty()) {
                held.add(sample);
            }
        }
        boolean listened = guard.listensToTeacher();
        int i = 80;
        while (!guard.listensToTeacher()) {
            guard.judge(frame(i++));
        }

        assertThat(listened).isFalse();
        assertThat(i - 80).isBetween(8, 20);
        assertThat(guard.setAside()).isZero();
        assertThat(said).hasSize(3);
        assertThat(said.get(1)).contains("not listened to", "labels and replay");
        assertThat(said.get(2)).isEqualTo("The teacher is sane again and is listened to.");
        assertThat(held).as("replayed by label alone").isNotEmpty();
        assertThat(guard.takePurge()).isTrue();
        assertThat(guard.keptOf(held, true)).as("its bad time leaves replay").isEmpty();
        assertThat(guard.keptOf(held, false))
                .as("the holdout reads labels only")
                .hasSameSizeAs(held);
    }

    @Test
    void givenATeacherThatNeverAgreedWithTheLabels_whenEnoughIsKnown_thenItIsNotListenedTo() {
        LearningGuard guard = guard(untrained);

        IntStream.range(0, 60).forEach(i -> guard.judge(turned(frame(i))));

        assertThat(guard.listensToTeacher()).isFalse();
        assertThat(said).hasSize(1).first().asString().contains("no better than chance");
        assertThat(guard.trustOf(List.of(frame(60)))).isEqualTo(new WindowTrust(false, java.util.Set.of()));
    }

    @Test
    void givenACameraWhoseImageDoesNotChange_whenJudged_thenItIsSetAsideFromTheFifthFrameOn() {
        LearningGuard guard = guard(learned);
        RgbImage frozen = frame(1).image();

        List<Verdict> verdicts = IntStream.range(0, 8)
                .mapToObj(i -> frame(1 + CAMERAS * i))
                .map(of -> guard.judge(with(of, frozen, of.label(), of.logits())))
                .toList();

        assertThat(verdicts)
                .extracting(Verdict::fault)
                .containsExactly(
                        null,
                        null,
                        null,
                        null,
                        Fault.FROZEN_IMAGE,
                        Fault.FROZEN_IMAGE,
                        Fault.FROZEN_IMAGE,
                        Fault.FROZEN_IMAGE);
    }

    @Test
    void givenAStateInMidTrouble_whenRestoredElsewhere_thenTheVerdictsAreTheSame() {
        LearningGuard whole = guard(learned);
        for (int i = 0; i < 60; i++) {
            whole.judge(i >= 40 && i % CAMERAS == 1 ? permuted(frame(i)) : frame(i));
        }
        LearningGuard resumed = guard(learned);

        resumed.restore(whole.state());

        for (int i = 60; i < 120; i++) {
            TrainingSample sample = i < 80 && i % CAMERAS == 1 ? permuted(frame(i)) : frame(i);
            assertThat(resumed.judge(sample)).isEqualTo(whole.judge(sample));
        }
        assertThat(resumed.state()).usingRecursiveComparison().isEqualTo(whole.state());
    }

    @Test
    void givenALabelOfWhichAFifthIsNoise_whenRepaired_thenTheNoiseIsIgnoredAndTheFrameIsSane() {
        LearningGuard guard = guard(untrained);
        IntStream.range(0, 40).forEach(i -> guard.judge(frame(i)));
        TrainingSample clean = frame(40);
        Random random = new Random(1);
        TrainingSample speckled = labeled(clean, ids -> {
            for (int i = 0; i < ids.length; i++) {
                ids[i] = random.nextInt(5) == 0 ? (byte) random.nextInt(Samples.CLASSES) : ids[i];
            }
            return ids;
        });

        TrainingSample repaired = guard.repaired(speckled);

        double before = FrameSigns.agreement(speckled.label(), clean.label());
        assertThat(before).isBetween(0.8, 0.88);
        assertThat(FrameSigns.agreement(clean.label(), repaired.label())).isGreaterThan(0.95);
        assertThat(guard.judge(repaired)).isEqualTo(Verdict.SANE);
        assertThat(guard.repaired(clean)).isSameAs(clean);
        guard.noteRepair(repaired);
        guard.noteRepair(repaired);
        assertThat(said).hasSize(1).first().asString().contains("camera-0", "specks");
        assertThat(faults).containsExactly(Fault.SPECKLED_LABEL, Fault.SPECKLED_LABEL);
    }

    private static StepReport report(long step, double norm, boolean applied) {
        return new StepReport(
                step,
                false,
                1,
                1,
                1,
                1,
                0,
                0,
                1,
                1,
                1,
                1,
                norm,
                applied,
                0.01,
                new StepReport.StageTimes(1, 1, 1, 1, 1));
    }

    @Test
    void givenUsualNorms_whenOneExplodes_thenTheStepIsSkippedWithOneSentenceAndTheNextSaneOneIsNot() {
        LearningGuard guard = guard(untrained);
        for (int step = 1; step <= RecentValues.ENOUGH; step++) {
            guard.stepped(report(step, 1e-6, true));
        }
        CheckpointedRandom random = new CheckpointedRandom(1);
        byte[] before = blank.safetensors();

        StepReport skipped = untrained.learn(List.of(frame(0), frame(1)), 2, 100, random);

        guard.stepped(skipped);
        guard.stepped(report(2, Double.NaN, false));
        assertThat(skipped.applied()).isFalse();
        assertThat(blank.safetensors()).isEqualTo(before);
        assertThat(said).hasSize(1).first().asString().contains("is skipped", "1.00e-06 is usual");
        guard.restore(new GuardState(
                new double[1], new double[1], new double[0], guard.state().teacher(), List.of()));
        assertThat(untrained.learn(List.of(frame(0), frame(1)), 2, 100, random).applied())
                .isTrue();
    }

    @Test
    void givenForeignLabelsOfAllCameras_whenTheStudentKnowsNothing_thenTheUsualLayoutTellsWhoIsWrong() {
        LearningGuard guard = guard(untrained);
        IntStream.range(0, 40).forEach(i -> guard.judge(layered(frame(i), 0)));

        IntStream.range(40, 60).forEach(i -> guard.judge(layered(frame(i), 2)));
        List<Fault> ofLabels = List.copyOf(faults);
        faults.clear();
        LearningGuard other = guard(untrained);
        IntStream.range(0, 40).forEach(i -> other.judge(layered(frame(i), 0)));
        IntStream.range(40, 60).forEach(i -> other.judge(turned(layered(frame(i), 0))));

        assertThat(ofLabels).hasSize(20).containsOnly(Fault.FOREIGN_LABEL);
        assertThat(faults).hasSize(20).containsOnly(Fault.FOREIGN_LOGITS);
    }

    @Test
    void givenDistrust_whenLabelsOfACameraAreForeign_thenItsFramesLoseTheirLabelsAndTheCameraIsNotSetAside() {
        GuardSettings distrust = new GuardSettings(true, 10_000, 2, 5, 0.1, 0.25, 0.35, 30, 0.6, true);
        LearningGuard guard = new LearningGuard(distrust, untrained, listener);
        IntStream.range(0, 40).forEach(i -> guard.judge(layered(frame(i), 0)));

        List<Verdict> verdicts = IntStream.range(40, 100)
                .filter(i -> i % CAMERAS == 1)
                .mapToObj(i -> guard.judge(layered(frame(i), 2)))
                .toList();

        assertThat(verdicts).extracting(Verdict::losesLabel).containsOnly(true);
        assertThat(verdicts).extracting(Verdict::setsAside).containsOnly(false);
        assertThat(guard.setAside()).isZero();
        assertThat(faults).containsOnly(Fault.FOREIGN_LABEL);
    }

    /** A street in layers; the label's classes are turned by some. */
    private static TrainingSample layered(TrainingSample of, int turn) {
        TrainingSample labeled = labeled(of, ids -> {
            for (int i = 0; i < ids.length; i++) {
                ids[i] = (byte) ((i / Samples.WIDTH * 4 / Samples.HEIGHT + turn) % Samples.CLASSES);
            }
            return ids;
        });
        TensorShape shape = of.logits().shape();
        return saying(labeled, values -> {
            for (int i = 0; i < values.length; i++) {
                int row = i % shape.plane() / shape.width();
                values[i] = row * 4 / shape.height() == i / shape.plane() ? 3 : -2;
            }
            return values;
        });
    }

    @Test
    void givenAGuardThatIsOff_whenJudged_thenEverythingPasses() {
        LearningGuard guard = new LearningGuard(GuardSettings.OFF, learned, listener);

        List<Verdict> verdicts = Arrays.stream(Harm.values())
                .map(harm -> guard.judge(harm.harm.apply(frame(harm.ordinal()))))
                .toList();

        assertThat(verdicts).containsOnly(Verdict.SANE);
    }

    @Test
    void givenMoreCamerasThanAreKept_whenJudged_thenTheQuietestAreForgotten() {
        LearningGuard guard = guard(untrained);
        TrainingSample one = frame(0);

        for (int i = 0; i < LearningGuard.MOST_SOURCES + 10; i++) {
            guard.judge(new TrainingSample(
                    one.reference(),
                    one.frameId(),
                    "many-" + i,
                    one.capturedAtMicros(),
                    one.domain(),
                    one.image(),
                    one.label(),
                    one.projected(),
                    one.logits(),
                    one.view()));
        }

        assertThat(guard.state().sources()).hasSize(LearningGuard.MOST_SOURCES);
        assertThat(guard.state().sources().get(0).name()).isEqualTo("many-10");
    }
}
