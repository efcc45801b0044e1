package dev.reflux.lab.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorShape;
import dev.reflux.torch.TorchOptions;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.SegmentationModel;
import dev.reflux.trainer.ingest.SampleReference;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.update.CheckpointedRandom;
import dev.reflux.trainer.update.StudentLearner;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A stream whose answer is known: what contradicts the new frames is what they interfere with. */
class MostInterferedTest {

    private static final ImageSize VIEW = new ImageSize(48, 32);
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

    @Test
    void givenCandidatesThatAgreeAndThatContradict_whenChosen_thenThoseThatContradictComeAndNothingIsLeftBehind() {
        try (SegmentationModel student = SegmentationModel.load(
                runtime, Path.of("..", "models", "fixtures", "tiny-student.json"), SegmentationModel.Mode.TRAINING)) {
            student.resetParameters(3);
            var method = LearningMethods.parse(List.of("ce:lr=0.01")).get(0);
            try (StudentLearner learner =
                    new StudentLearner(runtime, student, StudentRun.learnerSettings(method, 0), 1)) {
                // Given
                List<TrainingSample> window = List.of(grey(0, 1), grey(1, 1), grey(2, 1), grey(3, 1));
                for (int i = 0; i < 30; i++) {
                    learner.learn(window, 4, 0, new CheckpointedRandom(i));
                }
                String before = bits(learner);
                // The window's look, and another class.
                List<TrainingSample> candidates =
                        List.of(grey(10, 1), grey(11, 4), grey(12, 1), grey(13, 4), grey(12, 1), grey(11, 4));

                // When
                List<TrainingSample> chosen =
                        new MostInterfered(runtime, VIEW).among(candidates, 2, learner, window, 100);

                // Then
                assertThat(chosen)
                        .extracting(sample -> sample.reference().offset())
                        .containsExactlyInAnyOrder(11L, 13L);
                assertThat(bits(learner)).isEqualTo(before);
            }
        }
    }

    @Test
    void givenNoMoreCandidatesThanAreWanted_whenChosen_thenTheyComeAsTheyWereDrawn() {
        try (SegmentationModel student = SegmentationModel.load(
                runtime, Path.of("..", "models", "fixtures", "tiny-student.json"), SegmentationModel.Mode.TRAINING)) {
            var method = LearningMethods.parse(List.of("ce")).get(0);
            try (StudentLearner learner =
                    new StudentLearner(runtime, student, StudentRun.learnerSettings(method, 0), 1)) {
                TrainingSample one = grey(1, 1);
                TrainingSample two = grey(2, 1);
                MostInterfered interfered = new MostInterfered(runtime, VIEW);

                List<TrainingSample> chosen =
                        interfered.among(List.of(two, one, two, one), 2, learner, List.of(one), 0);

                assertThat(chosen).containsExactly(two, one);
                assertThat(interfered.among(List.of(), 2, learner, List.of(one), 0))
                        .isEmpty();
            }
        }
    }

    @Test
    void givenLogitsAndLabels_whenTheCrossEntropyIsTaken_thenIgnoredCellsDoNotCount() {
        // Two classes on 1x3 cells: certain and right, undecided, ignored.
        LogitMap logits = new LogitMap(new TensorShape(2, 1, 3), new float[] {100, 0, -50, -100, 0, 50});
        LabelMap label = new LabelMap(3, 1, new byte[] {0, 1, (byte) 255});

        double loss = MostInterfered.crossEntropy(logits, label);

        assertThat(loss).isCloseTo(Math.log(2) / 2, within(1e-12));
        assertThat(MostInterfered.crossEntropy(
                        logits, new LabelMap(3, 1, new byte[] {(byte) 255, (byte) 255, (byte) 255})))
                .isZero();
    }

    private static String bits(StudentLearner learner) {
        return Stream.of("student", "head", "optimizer", "ema")
                        .map(part -> part + Arrays.hashCode(learner.state().get(part)))
                        .toList()
                + Arrays.toString(learner.prequentialState());
    }

    /** A frame of one shade, all of one class. */
    private static TrainingSample grey(int place, int id) {
        byte[] rgb = new byte[3 * VIEW.width() * VIEW.height()];
        Arrays.fill(rgb, (byte) (100 + place % 4));
        byte[] ids = new byte[VIEW.width() * VIEW.height()];
        Arrays.fill(ids, (byte) id);
        TensorShape grid = new TensorShape(5, 4, 6);
        LogitMap silent = new LogitMap(grid, new float[grid.size()]);
        return new TrainingSample(
                new SampleReference(0, place),
                "frame-" + place,
                "camera",
                place,
                "day",
                new RgbImage(VIEW.width(), VIEW.height(), rgb),
                new LabelMap(VIEW.width(), VIEW.height(), ids),
                silent,
                silent,
                VIEW);
    }
}
