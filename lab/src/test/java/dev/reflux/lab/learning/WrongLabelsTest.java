package dev.reflux.lab.learning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorShape;
import dev.reflux.lab.learning.WrongLabels.Kind;
import dev.reflux.trainer.ingest.SampleReference;
import dev.reflux.trainer.ingest.TrainingSample;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Wrong labels of a stream of 100 frames in two legs, each of which has a label of its own. */
class WrongLabelsTest {

    private static final int FRAMES = 100;

    /** The place in the first pixel, then the classes 0 to 3. */
    private static TrainingSample frame(int place) {
        LogitMap map = new LogitMap(new TensorShape(2, 1, 1), new float[2]);
        return new TrainingSample(
                new SampleReference(0, place),
                String.valueOf(place),
                "camera-" + place % 4,
                place,
                "drive",
                new RgbImage(5, 1, new byte[15]),
                new LabelMap(5, 1, new byte[] {(byte) (100 + place), 0, 1, 2, 3}),
                map,
                map,
                new ImageSize(5, 1));
    }

    private static StreamPlan plan() {
        List<TrainingSample> frames =
                IntStream.range(0, FRAMES).mapToObj(WrongLabelsTest::frame).toList();
        TestFrame test = new TestFrame("drive", frame(0).image(), frame(0).label());
        return new StreamPlan(
                List.of(
                        new StreamPlan.Leg("a", "day", frames.subList(0, 30)),
                        new StreamPlan.Leg("b", "dusk", frames.subList(30, FRAMES))),
                List.of(test));
    }

    private static List<Integer> wrong(StreamPlan plan) {
        List<TrainingSample> all = plan.all();
        return IntStream.range(0, FRAMES)
                .filter(place -> all.get(place).isLabeled())
                .filter(place -> !java.util.Arrays.equals(
                        all.get(place).label().ids(), frame(place).label().ids()))
                .boxed()
                .toList();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.2, 0.4, 1})
    void givenAFraction_whenLabelsAreOfOtherFrames_thenSoManyAreWrongAndNothingElseChanges(double fraction) {
        StreamPlan plan = plan();

        StreamPlan harmed = new WrongLabels(fraction, Kind.FRAME).in(plan, 1);

        assertThat(wrong(harmed)).hasSize((int) (fraction * FRAMES));
        assertThat(harmed.tests()).isEqualTo(plan.tests());
        assertThat(harmed.legs()).extracting(leg -> leg.frames().size()).containsExactly(30, 70);
        assertThat(harmed.all())
                .extracting(TrainingSample::reference)
                .isEqualTo(plan.all().stream().map(TrainingSample::reference).toList());
    }

    @Test
    void givenBlocks_whenClassesAreSwapped_thenTheyAreTheSameTwoInABlock() {
        StreamPlan harmed = new WrongLabels(0.4, Kind.BLOCKS).in(plan(), 1);

        List<Integer> wrong = wrong(harmed);
        assertThat(wrong.stream().map(place -> place / 16).distinct()).hasSize(3);
        assertThat(wrong).allSatisfy(place -> {
            byte[] ids = harmed.all().get(place).label().ids();
            assertThat(ids).hasSize(5);
            assertThat(IntStream.range(0, 5)
                            .filter(i -> ids[i] != frame(place).label().ids()[i])
                            .count())
                    .isBetween(1L, 2L);
        });
    }

    @ParameterizedTest
    @CsvSource({"0.1,1", "0.5,2", "1,4"})
    void givenFourCameras_whenLabelsOfSomeAreWrong_thenAllOfThoseAreAndNoneOfTheOthers(double fraction, int cameras) {
        StreamPlan harmed = new WrongLabels(fraction, Kind.CAMERA).in(plan(), 1);

        List<Integer> wrong = wrong(harmed);
        assertThat(wrong).hasSize(cameras * FRAMES / 4);
        assertThat(wrong.stream().map(place -> place % 4).distinct()).hasSize(cameras);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void givenASeed_whenAppliedTwice_thenTheSameLabelsAreWrongAndAnotherSeedHasOthers(Kind kind) {
        WrongLabels labels = new WrongLabels(0.4, kind);

        List<Integer> wrong = wrong(labels.in(plan(), 1));

        assertThat(wrong(labels.in(plan(), 1))).isEqualTo(wrong);
        assertThat(IntStream.range(2, 10).mapToObj(seed -> wrong(labels.in(plan(), seed))))
                .anyMatch(others -> !others.equals(wrong));
    }

    @Test
    void givenAStreamWithFewLabels_whenSomeAreWrong_thenTheyAreAmongThese() {
        StreamPlan sparse = plan().labeledEvery(10);

        StreamPlan harmed = new WrongLabels(0.4, Kind.FRAME).in(sparse, 1);

        assertThat(wrong(harmed)).hasSize(4).allMatch(place -> place % 10 == 0);
        assertThat(harmed.all()).filteredOn(TrainingSample::isLabeled).hasSize(10);
    }
}
