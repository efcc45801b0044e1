package dev.reflux.trainer.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.common.label.LabelMap;
import dev.reflux.trainer.Samples;
import dev.reflux.trainer.ingest.TrainingSample;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Doubts of labels by hand-made samples: the student says what the teacher says. */
class LabelDoubtsTest {

    private static final IntFunction<LabelMap> RIGHT = i -> Samples.label(i, 0);
    private static final IntFunction<LabelMap> FOREIGN = i -> Samples.label(i, 2);
    private static final IntFunction<LabelMap> OF_ANOTHER_FRAME =
            i -> i % 5 < 2 ? Samples.label(i + 29, 0) : RIGHT.apply(i);

    private final List<String> said = new ArrayList<>();
    private double accuracy = 0.8;
    private final LabelDoubts doubts = doubts(false);

    private LabelDoubts doubts(boolean distrust) {
        return new LabelDoubts(() -> accuracy, distrust, new GuardListener() {
            @Override
            public void said(String sentence) {
                said.add(sentence);
            }
        });
    }

    /** Compares the frames of a stretch, one of each camera in turn. */
    private static void compare(
            LabelDoubts doubts, int from, int to, Map<String, IntFunction<LabelMap>> labelsByCamera) {
        for (int i = from; i < to; i++) {
            for (String camera : labelsByCamera.keySet().stream().sorted().toList()) {
                TrainingSample frame = Samples.decoded(i, Samples.with(i, of -> of.setCameraId(camera)));
                doubts.compare(
                        frame.withLabel(labelsByCamera.get(camera).apply(i)),
                        frame.logits().classes());
            }
        }
    }

    @Test
    void givenOneBadCameraOfThree_whenCompared_thenItIsNamedOnceAndTheOthersAreNot() {
        compare(doubts, 0, 40, Map.of("a", RIGHT, "bad", FOREIGN, "c", RIGHT));

        assertThat(doubts.doubted()).isEqualTo(1);
        assertThat(doubts.isDoubted("bad")).isTrue();
        assertThat(said)
                .singleElement()
                .asString()
                .startsWith("The labels of camera bad are doubted: in 100 % of their cells")
                .contains("with the other cameras in 0 %", "trainer.learning.distrust would");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void givenLabelsOfOtherFramesInTwoOfFive_whenCompared_thenTheCameraIsDoubtedIfTheOthersAreRight(
            boolean othersRight) {
        IntFunction<LabelMap> others = othersRight ? RIGHT : OF_ANOTHER_FRAME;

        compare(doubts, 0, 60, Map.of("a", others, "bad", OF_ANOTHER_FRAME, "c", others));

        assertThat(doubts.doubted()).isEqualTo(othersRight ? 1 : 0);
    }

    @Test
    void givenTwoClassesThatAreSwapped_whenCompared_thenTheCameraIsDoubted() {
        IntFunction<LabelMap> swapped = i -> swapped(Samples.label(i, 0), 1, 3);

        compare(doubts, 0, 40, Map.of("a", RIGHT, "bad", swapped, "c", RIGHT));

        assertThat(doubts.isDoubted("bad")).isTrue();
        assertThat(doubts.doubted()).isEqualTo(1);
    }

    private static LabelMap swapped(LabelMap label, int one, int other) {
        byte[] ids = label.ids().clone();
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (byte) (ids[i] == one ? other : ids[i] == other ? one : ids[i]);
        }
        return new LabelMap(label.width(), label.height(), ids);
    }

    @Test
    void givenRightLabels_whenCompared_thenNothingIsSaid() {
        compare(doubts, 0, 60, Map.of("a", RIGHT, "b", RIGHT, "c", RIGHT));

        assertThat(doubts.doubted()).isZero();
        assertThat(said).isEmpty();
    }

    /** What is wrong everywhere alike is the stream's, not a camera's. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void givenCamerasThatAreAlike_whenCompared_thenNoneIsDoubted(int turn) {
        IntFunction<LabelMap> labels = i -> Samples.label(i + turn, i % 3 == 0 ? turn : 0);

        compare(doubts, 0, 60, Map.of("a", labels, "b", labels, "c", labels, "d", labels));

        assertThat(doubts.doubted()).isZero();
    }

    @Test
    void givenACameraAlone_whenMoreThanTheLimitDisagrees_thenItIsDoubted() {
        compare(doubts, 0, 40, Map.of("alone", FOREIGN));

        assertThat(doubts.isDoubted("alone")).isTrue();
        assertThat(said).singleElement().asString().doesNotContain("other cameras");
    }

    @Test
    void givenACameraAlone_whenLessThanTheLimitDisagrees_thenItIsNotDoubted() {
        IntFunction<LabelMap> sometimes = i -> i % 5 == 0 ? FOREIGN.apply(i) : RIGHT.apply(i);

        compare(doubts, 0, 60, Map.of("alone", sometimes));

        assertThat(doubts.doubted()).isZero();
    }

    @Test
    void givenADoubtedCamera_whenItsLabelsAreRightAgain_thenTheDoubtEndsAndIsSaid() {
        LabelDoubts distrusting = doubts(true);
        compare(distrusting, 0, 40, Map.of("a", RIGHT, "bad", FOREIGN));

        compare(distrusting, 40, 160, Map.of("a", RIGHT, "bad", RIGHT));

        assertThat(distrusting.doubted()).isZero();
        assertThat(said).hasSize(2);
        assertThat(said.get(0)).contains("are trained on without their labels until these agree again");
        assertThat(said.get(1)).startsWith("The labels of camera bad are not doubted any more");
    }

    @Test
    void givenAStudentThatKnowsLittle_whenCompared_thenItsWordDoesNotCount() {
        accuracy = 0.4;

        compare(doubts, 0, 40, Map.of("a", RIGHT, "bad", FOREIGN));

        assertThat(doubts.state()).isEmpty();
    }

    @Test
    void givenFewFrames_whenCompared_thenTheMeanIsNotBelievedYet() {
        compare(doubts, 0, LabelDoubts.ENOUGH - 1, Map.of("a", RIGHT, "bad", FOREIGN));

        assertThat(doubts.doubted()).isZero();
    }

    @Test
    void givenAState_whenRestored_thenTheDoubtsGoOnAsIfThereHadBeenNoInterruption() {
        Map<String, IntFunction<LabelMap>> labels = Map.of("a", RIGHT, "bad", OF_ANOTHER_FRAME);
        compare(doubts, 0, 30, labels);
        LabelDoubts restored = doubts(false);
        restored.restore(doubts.state());
        compare(doubts, 30, 60, labels);

        compare(restored, 30, 60, labels);

        assertThat(restored.state()).isEqualTo(doubts.state());
        assertThat(restored.doubted()).isEqualTo(1);
    }

    @Test
    void givenMoreCamerasThanAreKept_whenCompared_thenTheQuietestAreForgotten() {
        IntStream.range(0, LearningGuard.MOST_SOURCES + 10)
                .forEach(i -> compare(doubts, 0, 1, Map.of("many-" + i, RIGHT)));

        assertThat(doubts.state()).hasSize(LearningGuard.MOST_SOURCES);
        assertThat(doubts.state().get(0).camera()).isEqualTo("many-10");
    }
}
