package dev.reflux.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.common.label.LabelMap;
import dev.reflux.torch.TorchOptions;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.SegmentationModel;
import dev.reflux.trainer.Samples;
import dev.reflux.trainer.distillation.LossSettings;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.replay.ReplayBuffer;
import dev.reflux.trainer.replay.ReservoirReplay;
import dev.reflux.trainer.update.CheckpointedRandom;
import dev.reflux.trainer.update.LearnerSettings;
import dev.reflux.trainer.update.StepReport;
import dev.reflux.trainer.update.StudentLearner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The numbered guarantees of the loop, and its policies, on a tiny student. */
class LearningLoopTest {

    private static TorchRuntime runtime;

    @BeforeAll
    static void start() {
        runtime = TorchRuntime.start(new TorchOptions(1, "cpu"));
        runtime.useThisThread();
    }

    @AfterAll
    static void stop() {
        runtime.close();
    }

    /** A student, its loop, and what the loop has reported. */
    private static final class Run implements AutoCloseable {

        private final SegmentationModel student =
                SegmentationModel.load(runtime, Samples.STUDENT, SegmentationModel.Mode.TRAINING);
        private final ReplayBuffer replay = new ReservoirReplay(6);
        private final CheckpointedRandom random = new CheckpointedRandom(5);
        private final List<Boolean> firstSteps = new ArrayList<>();
        private final List<StepReport> reports = new ArrayList<>();
        private final StudentLearner learner;
        private final LearningLoop loop;

        Run(LoopSettings settings, LoopPolicies policies) {
            student.resetParameters(3);
            learner = new StudentLearner(
                    runtime,
                    student,
                    new LearnerSettings(LossSettings.standard(), 4, 0.01, 3, 0.01, 5, 0.9, 0.25f, true, 0.98, 0.3, 0.5),
                    1);
            loop = new LearningLoop(learner, replay, random, settings, policies, new LoopListener() {
                @Override
                public void stepped(StepReport report, boolean firstStep) {
                    reports.add(report);
                    firstSteps.add(firstStep);
                }
            });
        }

        Run windows(int from, int to) {
            for (int i = from; i < to; i++) {
                loop.train(window(i));
            }
            return this;
        }

        Map<String, Integer> bits() {
            Map<String, Integer> bits = new HashMap<>();
            learner.state().forEach((name, bytes) -> bits.put(name, Arrays.hashCode(bytes)));
            bits.put("prequential", Arrays.hashCode(learner.prequentialState()));
            bits.put("random", Long.hashCode(random.state()));
            return bits;
        }

        @Override
        public void close() {
            learner.close();
            student.close();
        }
    }

    private static List<TrainingSample> window(int i) {
        return IntStream.range(2 * i, 2 * i + 2).mapToObj(Samples::decoded).toList();
    }

    @Test
    void givenAStateBetweenTwoWindows_whenRestoredElsewhere_thenEveryBitIsAsIfNeverInterrupted() {
        LoopSettings settings = new LoopSettings(2, 2, 1);
        try (Run whole = new Run(settings, LoopPolicies.standard());
                Run resumed = new Run(settings, LoopPolicies.standard())) {
            whole.windows(0, 3);
            Map<String, byte[]> state = whole.learner.state();
            double[] prequential = whole.learner.prequentialState();
            List<TrainingSample> held = List.copyOf(whole.replay.samples());
            resumed.windows(10, 11);

            resumed.learner.restore(state, prequential);
            resumed.replay.restore(held, whole.replay.seen());
            resumed.random.restore(whole.random.state());
            resumed.loop.restore(whole.loop.framesTrained());

            assertThat(resumed.windows(3, 6).bits())
                    .isEqualTo(whole.windows(3, 6).bits());
            assertThat(resumed.loop.framesTrained()).isEqualTo(12);
        }
    }

    @Test
    void givenAWarmUpOfFourFrames_whenTheThirdWindowBegins_thenTheTeacherIsUsed() {
        try (Run run = new Run(new LoopSettings(2, 2, 1), LoopPolicies.standard())) {
            run.windows(0, 3);

            assertThat(run.reports)
                    .extracting(StepReport::warmUp)
                    .containsExactly(true, true, true, true, false, false);
            assertThat(run.firstSteps).containsExactly(true, false, true, false, true, false);
        }
    }

    @Test
    void givenNewFramesThatAreGoodEnough_whenTrained_thenTheWindowGetsNoFurtherStep() {
        try (Run content = new Run(new LoopSettings(2, 3, 1e-9), LoopPolicies.standard());
                Run strict = new Run(new LoopSettings(2, 3, 0.999), LoopPolicies.standard())) {
            content.windows(0, 2);

            strict.windows(0, 2);

            assertThat(content.firstSteps).containsExactly(true, true);
            assertThat(strict.firstSteps).containsExactly(true, false, false, true, false, false);
        }
    }

    @Test
    void givenABudget_whenTrained_thenEachWindowMakesItsSteps() {
        List<Integer> asked = new ArrayList<>();
        LoopPolicies policies = new LoopPolicies(
                configured -> {
                    asked.add(configured);
                    return asked.size();
                },
                ReplaySelection.DRAWN,
                BatchTransform.NONE);
        try (Run run = new Run(new LoopSettings(0, 7, 1), policies)) {
            run.windows(0, 3);

            assertThat(asked).containsExactly(7, 7, 7);
            assertThat(run.firstSteps).containsExactly(true, true, false, true, false, false);
        }
    }

    /** The selection sees no sample of the window before the window's last step, and its foreign view is left out. */
    @Test
    void givenASelection_whenTrained_thenTheBatchIsTheWindowAndWhatItSelectsOfTheSameView() {
        List<List<Long>> held = new ArrayList<>();
        List<List<Long>> batches = new ArrayList<>();
        TrainingSample foreign =
                Samples.decoded(90, Samples.sound(90).setViewWidth(64).setViewHeight(40));
        LoopPolicies policies = new LoopPolicies(
                StepBudget.CONFIGURED,
                (replay, count, window, framesTrained, random) -> {
                    held.add(offsets(replay.samples()));
                    return List.of(foreign, Samples.decoded(80 + count));
                },
                (batch, random) -> {
                    batches.add(offsets(batch));
                    return batch;
                });
        try (Run run = new Run(new LoopSettings(3, 1, 1), policies)) {
            run.windows(0, 2);

            assertThat(held).containsExactly(List.of(), List.of(0L, 1L));
            assertThat(batches).containsExactly(List.of(0L, 1L, 83L), List.of(2L, 3L, 83L));
        }
    }

    private static List<Long> offsets(List<TrainingSample> samples) {
        return samples.stream().map(sample -> sample.reference().offset()).toList();
    }

    @Test
    void givenAGradientAboveItsBound_whenTrained_thenNothingChangesAndTheFramesDoNotCount() {
        try (Run run = new Run(new LoopSettings(2, 2, 1), LoopPolicies.standard())) {
            run.windows(0, 3);
            byte[] before = run.student.safetensors();
            run.learner.boundGradient(1e-9);

            boolean trained = run.loop.train(window(3));

            assertThat(trained).isFalse();
            assertThat(run.reports.subList(6, 8)).noneMatch(StepReport::applied);
            assertThat(run.student.safetensors()).isEqualTo(before);
            assertThat(run.loop.framesTrained()).isEqualTo(6);
            assertThat(run.replay.seen()).isEqualTo(6);
            run.learner.boundGradient(Double.POSITIVE_INFINITY);
            assertThat(run.loop.train(window(4))).isTrue();
            assertThat(run.loop.framesTrained()).isEqualTo(8);
        }
    }

    @Test
    void givenALabelOfAReplayedFrame_whenTrained_thenItTakesTheFramesPlaceAndIsNoNewFrame() {
        try (Run run = new Run(new LoopSettings(2, 1, 1), LoopPolicies.standard())) {
            TrainingSample frame = Samples.decoded(0).withLabel(LabelMap.none());
            run.loop.train(List.of(frame, Samples.decoded(1)));
            TrainingSample labeled = Samples.decoded(40, Samples.sound(0));

            run.loop.train(List.of(labeled, Samples.decoded(2)), Set.of(labeled.reference()), WindowTrust.FULL);

            assertThat(run.loop.framesTrained()).isEqualTo(3);
            assertThat(run.replay.seen()).isEqualTo(3);
            assertThat(run.replay.samples()).contains(labeled).doesNotContain(frame);
        }
    }

    @Test
    void givenALabelOfAFrameThatReplayHasNot_whenTrained_thenItIsNotReplayed() {
        try (Run run = new Run(new LoopSettings(2, 1, 1), LoopPolicies.standard())) {
            TrainingSample labeled = Samples.decoded(40, Samples.sound(0));

            boolean trained = run.loop.train(List.of(labeled), Set.of(labeled.reference()), WindowTrust.FULL);

            assertThat(trained).isTrue();
            assertThat(run.loop.framesTrained()).isZero();
            assertThat(run.replay.samples()).isEmpty();
        }
    }

    @Test
    void givenATeacherThatIsNotTrusted_whenTrained_thenItsTermsAreOffAndItsSamplesStayOutOfReplay() {
        try (Run run = new Run(new LoopSettings(2, 1, 1), LoopPolicies.standard())) {
            run.windows(0, 3);
            List<TrainingSample> window = window(3);

            run.loop.train(
                    window,
                    Set.of(),
                    new WindowTrust(false, Set.of(window.get(0).reference())));

            run.windows(4, 5);
            assertThat(run.reports).extracting(StepReport::warmUp).containsExactly(true, true, false, true, false);
            assertThat(run.loop.framesTrained()).isEqualTo(10);
            assertThat(run.replay.seen()).isEqualTo(9);
        }
    }
}
