package dev.reflux.lab.learning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorShape;
import dev.reflux.trainer.ingest.SampleReference;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.update.FirstSight;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LateLabelsTest {

    private static final int BATCH = 4;

    /** A frame of two cells, of which its teacher is the surer the larger its number. */
    private static TrainingSample frame(int i) {
        return new TrainingSample(
                new SampleReference(0, i),
                "frame-" + i,
                "camera",
                i,
                "drive",
                new RgbImage(2, 1, new byte[6]),
                new LabelMap(2, 1, new byte[] {0, 1}),
                new LogitMap(new TensorShape(2, 1, 2), new float[4]),
                new LogitMap(new TensorShape(2, 1, 2), new float[] {i, i, 0, 0}),
                new ImageSize(2, 1));
    }

    /** Student and teacher differ in a frame whose number ends in 7, and in half of one that ends in 3. */
    private static FirstSight sight(TrainingSample frame) {
        long i = frame.reference().offset();
        byte[] student = i % 10 == 7 ? new byte[] {1, 1} : i % 10 == 3 ? new byte[] {1, 0} : new byte[2];
        return new FirstSight(frame, new LabelMap(2, 1, student), new LabelMap(2, 1, new byte[2]), new double[] {1, 1});
    }

    /** The numbers of the frames whose labels come with each batch of a stream. */
    private static List<List<Integer>> stream(LateLabels late, int frames, boolean sees) {
        List<List<Integer>> came = new ArrayList<>();
        for (int from = 0; from < frames; from += BATCH) {
            List<TrainingSample> batch = IntStream.range(from, Math.min(frames, from + BATCH))
                    .mapToObj(LateLabelsTest::frame)
                    .toList();
            came.add(late.due(from + BATCH >= frames).stream()
                    .map(label -> (int) label.reference().offset())
                    .toList());
            late.passed(batch, sees ? batch.stream().map(LateLabelsTest::sight).toList() : List.of());
        }
        return came;
    }

    private static List<Integer> all(List<List<Integer>> came) {
        return came.stream().flatMap(List::stream).toList();
    }

    @Test
    void givenTheMiddleFrames_whenAStreamPasses_thenTheirLabelsComeWithTheBatchAfterTheirWindow() {
        LateLabels late = new LateLabels(Pick.EVEN_LATE, 8, 1);

        List<List<Integer>> came = stream(late, 24, false);

        // The last window has its middle frame in its last batch: the first frame before that batch is taken.
        assertThat(came).containsExactly(List.of(), List.of(), List.of(4), List.of(), List.of(12), List.of(16));
    }

    @ParameterizedTest
    @EnumSource(
            value = Pick.class,
            names = {"EVEN"},
            mode = EnumSource.Mode.EXCLUDE)
    void givenAnyPick_whenAStreamPasses_thenEachWindowHasOneLabelWhichComesAfterItsFrame(Pick pick) {
        LateLabels late = new LateLabels(pick, 16, 3);

        List<List<Integer>> came = stream(late, 70, true);

        // As many as even has: four windows, and one of what is left.
        List<Integer> frames = all(came);
        assertThat(frames).hasSize(5);
        assertThat(frames).extracting(frame -> frame / 16).containsExactly(0, 1, 2, 3, 4);
        for (int batch = 0; batch < came.size(); batch++) {
            int first = BATCH * batch;
            assertThat(came.get(batch)).allMatch(frame -> frame < first);
        }
    }

    @ParameterizedTest
    @CsvSource({"WANTED, 7 17 27", "DISAGREEMENT, 7 17 27", "UNCERTAINTY, 0 10 20"})
    void givenScores_whenAPickGoesByThem_thenTheBestFrameOfEachWindowHasTheLabel(Pick pick, String frames) {
        LateLabels late = new LateLabels(pick, 10, 1);

        List<List<Integer>> came = stream(late, 31, true);

        assertThat(all(came)).hasToString("[" + frames.replace(" ", ", ") + "]");
    }

    @Test
    void givenTheSameSeed_whenPickedAtRandom_thenTheFramesAreTheSameAndOthersWithAnotherSeed() {
        List<Integer> first = all(stream(new LateLabels(Pick.RANDOM, 16, 1), 320, false));

        List<Integer> again = all(stream(new LateLabels(Pick.RANDOM, 16, 1), 320, false));

        assertThat(again).isEqualTo(first);
        assertThat(all(stream(new LateLabels(Pick.RANDOM, 16, 2), 320, false))).isNotEqualTo(first);
        assertThat(first.stream().map(frame -> frame % 16).distinct()).hasSizeGreaterThan(5);
    }
}
