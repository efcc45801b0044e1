package dev.reflux.trainer.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.common.label.LabelMap;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorShape;
import dev.reflux.torch.TorchOptions;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.SegmentationModel;
import dev.reflux.trainer.Samples;
import dev.reflux.trainer.distillation.LossSettings;
import dev.reflux.trainer.ingest.TrainingSample;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Held-out frames with and without labels, scored by a tiny student. */
class HoldoutBufferTest {

    private static TorchRuntime runtime;
    private static SegmentationModel student;

    private final CheckpointedRandom random = new CheckpointedRandom(3);
    private final HoldoutBuffer holdout = new HoldoutBuffer(16);

    @BeforeAll
    static void start() {
        runtime = TorchRuntime.start(new TorchOptions(1, "cpu"));
        runtime.useThisThread();
        student = SegmentationModel.load(runtime, Samples.STUDENT, SegmentationModel.Mode.TRAINING);
        student.resetParameters(3);
    }

    @AfterAll
    static void stop() {
        student.close();
        runtime.close();
    }

    private static TrainingSample unlabeled(int i) {
        return Samples.decoded(i).withLabel(LabelMap.none());
    }

    private void add(TrainingSample... samples) {
        for (TrainingSample sample : samples) {
            holdout.add(sample, random);
        }
    }

    @Test
    void givenFramesOfBothKinds_whenScored_thenOnlyThoseWithALabelCount() {
        add(unlabeled(0), unlabeled(2));
        addLabeled(10, HoldoutBuffer.LEAST_LABELED);

        HoldoutScore score = holdout.score(runtime, student);

        assertThat(score.isByLabels()).isTrue();
        assertThat(score.byLabels().frames()).isEqualTo(HoldoutBuffer.LEAST_LABELED);
        assertThat(score.figure()).isEqualTo(score.byLabels().miou());
        assertThat(score.agreement()).isNaN();
        assertThat(holdout.seen()).isEqualTo(HoldoutBuffer.LEAST_LABELED);
        assertThat(holdout.seenUnlabeled()).isEqualTo(2);
    }

    private void addLabeled(int from, int count) {
        IntStream.range(from, from + count).forEach(i -> add(Samples.decoded(i)));
    }

    @Test
    void givenFewLabels_whenScored_thenTheFramesWithoutOneAre() {
        add(unlabeled(0), unlabeled(2));
        addLabeled(10, HoldoutBuffer.LEAST_LABELED - 1);

        HoldoutScore score = holdout.score(runtime, student);

        assertThat(score.isByLabels()).isFalse();
        assertThat(score.agreementFrames()).isEqualTo(2);
    }

    @Test
    void givenFewFramesThatAllHaveALabel_whenScored_thenTheyAre() {
        addLabeled(10, 2);

        HoldoutScore score = holdout.score(runtime, student);

        assertThat(score.isByLabels()).isTrue();
        assertThat(score.byLabels().frames()).isEqualTo(2);
    }

    @Test
    void givenNoLabel_whenScored_thenItIsTheAgreementWithTheTeacherAndNoMiou() {
        add(unlabeled(0), unlabeled(1));

        HoldoutScore score = holdout.score(runtime, student);

        assertThat(score.isByLabels()).isFalse();
        assertThat(score.byLabels().miou()).isNaN();
        assertThat(score.agreementFrames()).isEqualTo(2);
        assertThat(score.figure()).isEqualTo(score.agreement()).isBetween(0.0, 1.0);
    }

    @Test
    void givenATeacherThatSaysWhatTheStudentSays_whenScoredWithoutLabels_thenTheAgreementIsWhole() {
        TrainingSample sample = unlabeled(0);
        try (StudentLearner learner = new StudentLearner(
                runtime,
                student,
                new LearnerSettings(LossSettings.standard(), 0, 0.01, 0, 0, 5, 0.9, 0, false, 0.98, 0, 0),
                1)) {
            LabelMap said = learner.predictions(List.of(sample)).get(0);
            add(sample.withTensors(sample.projected(), oneHot(said)));
        }

        HoldoutScore score = holdout.score(runtime, student);

        assertThat(score.agreement()).isGreaterThan(0.99);
    }

    private static LogitMap oneHot(LabelMap map) {
        var shape = new TensorShape(Samples.CLASSES, map.height(), map.width());
        float[] values = new float[shape.size()];
        for (int i = 0; i < map.ids().length; i++) {
            values[map.ids()[i] * shape.plane() + i] = 5;
        }
        return new LogitMap(shape, values);
    }

    @Test
    void givenALateLabel_whenAdded_thenTheFrameIsScoredByItAndNoLongerWithoutIt() {
        add(unlabeled(0), unlabeled(1));
        TrainingSample labeled = Samples.decoded(40, Samples.sound(0));

        holdout.addLabel(labeled, random);

        assertThat(holdout.samples()).extracting(TrainingSample::frameId).containsExactly("frame-0", "frame-1");
        assertThat(holdout.samples().get(0).isLabeled()).isTrue();
        assertThat(holdout.samples().get(1).isLabeled()).isFalse();
        assertThat(holdout.seen()).isEqualTo(1);
    }

    @Test
    void givenAState_whenRestored_thenBothKindsGoOnAsBefore() {
        IntStream.range(0, 20).forEach(i -> add(i % 3 == 0 ? Samples.decoded(i) : unlabeled(i)));
        HoldoutBuffer other = new HoldoutBuffer(16);
        CheckpointedRandom same = new CheckpointedRandom(9);
        same.restore(random.state());

        other.restore(holdout.samples(), holdout.seen(), holdout.seenUnlabeled());

        for (int i = 20; i < 60; i++) {
            TrainingSample next = i % 3 == 0 ? Samples.decoded(i) : unlabeled(i);
            holdout.add(next, random);
            other.add(next, same);
        }
        assertThat(other.samples().stream().map(TrainingSample::frameId))
                .containsExactlyElementsOf(
                        holdout.samples().stream().map(TrainingSample::frameId).toList());
        assertThat(other.digest()).isEqualTo(holdout.digest());
    }
}
