package dev.reflux.trainer.wanted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.trainer.Samples;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The numbered guarantees of the window. */
class LabelWindowTest {

    private static WantedFrame frame(int i, String camera, double disagreement) {
        return new WantedFrame(
                "frame-" + i, camera, "", Samples.capturedAt(i), null, new FrameScore(disagreement, 1, 0));
    }

    private static List<WantedFrame> frames(int count, int cameras, long seed) {
        Random random = new Random(seed);
        List<WantedFrame> frames = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            frames.add(frame(i, cameras == 1 ? "camera" : "camera-" + random.nextInt(cameras), random.nextDouble()));
        }
        return frames;
    }

    private static List<Choice> addAll(LabelWindow window, List<WantedFrame> frames) {
        List<Choice> chosen = new ArrayList<>();
        frames.forEach(frame -> chosen.addAll(window.add(frame)));
        return chosen;
    }

    @Test
    void givenWindowsOfFour_whenFramesPass_thenTheBestOfEachIsChosenWhenItIsFull() {
        LabelWindow window = new LabelWindow(4, 1);
        List<WantedFrame> frames = new ArrayList<>();
        for (double score : new double[] {0.1, 0.7, 0.2, 0.7, 0.3, 0.2, 0.1, 0.4, 0.9}) {
            frames.add(frame(frames.size(), "camera", score));
        }

        List<Choice> chosen = addAll(window, frames);

        // Of equal frames the earlier one, and nothing of a window that is not full.
        assertThat(chosen).containsExactly(new Choice(1, 1, frames.get(1)), new Choice(2, 1, frames.get(7)));
        assertThat(window.state()).isEqualTo(new WantedState(3, 1, List.of(frames.get(8))));
    }

    @ParameterizedTest
    @CsvSource({"1, 3", "2, 3", "4, 3", "9, 3", "3, 40"})
    void givenManyFrames_whenTheyPass_thenTheRateIsBoundedAndCamerasTakeTurns(int cameras, int labels) {
        List<WantedFrame> frames = frames(320, cameras, 7);

        List<Choice> chosen = addAll(new LabelWindow(32, labels), frames);

        assertThat(chosen).hasSize(10 * Math.min(labels, 32)).doesNotHaveDuplicates();
        Map<Long, List<Choice>> byWindow = chosen.stream().collect(Collectors.groupingBy(Choice::window));
        byWindow.forEach((number, choices) -> {
            List<WantedFrame> offered = frames.subList(32 * (int) (number - 1), 32 * number.intValue());
            assertThat(choices).extracting(Choice::rank).isSorted().startsWith(1);
            assertThat(offered).containsAll(choices.stream().map(Choice::frame).toList());
            assertThat(choices.get(0).frame())
                    .isEqualTo(offered.stream()
                            .max(Comparator.comparingDouble(f -> f.score().value()))
                            .orElseThrow());
            camerasTakeTurns(offered, choices);
        });
    }

    private static void camerasTakeTurns(List<WantedFrame> offered, List<Choice> choices) {
        Map<String, Long> there =
                offered.stream().collect(Collectors.groupingBy(WantedFrame::cameraId, Collectors.counting()));
        Map<String, Long> taken = choices.stream()
                .collect(Collectors.groupingBy(choice -> choice.frame().cameraId(), Collectors.counting()));
        taken.forEach((camera, count) -> there.forEach((other, frames) -> assertThat(taken.getOrDefault(other, 0L))
                .as(other + " beside " + camera)
                .isGreaterThanOrEqualTo(Math.min(frames, count - 1))));
    }

    @Test
    void givenTheLabelOfTheBestFrame_whenItComesBeforeTheWindowIsFull_thenTheNextBestIsChosenAndTheWindowIsNoLonger() {
        LabelWindow window = new LabelWindow(3, 1);
        WantedFrame best = frame(0, "camera", 0.9);
        WantedFrame next = frame(1, "camera", 0.5);
        window.add(best);
        window.add(next);
        window.labeled(Samples.decoded(0));

        List<Choice> chosen = window.add(frame(2, "camera", 0.1));

        assertThat(chosen).containsExactly(new Choice(1, 1, next));
    }

    @Test
    void givenLabelsOfAllFrames_whenTheWindowIsFull_thenNothingIsChosenAndTheNumbersGoOn() {
        LabelWindow window = new LabelWindow(2, 1);
        window.add(frame(0, "camera", 0.9));
        window.labeled(Samples.decoded(0));
        window.labeled(Samples.decoded(9));
        window.close();

        List<Choice> chosen = addAll(window, List.of(frame(1, "camera", 1), frame(2, "camera", 0)));

        assertThat(chosen).extracting(Choice::window).containsExactly(2L);
    }

    @Test
    void givenAStateAtAnyMoment_whenRestored_thenTheChoicesGoOnAsIfNothingHadBeen() {
        List<WantedFrame> frames = frames(64, 3, 11);
        List<Choice> calm = addAll(new LabelWindow(8, 2), frames);
        Set<List<Choice>> wild = new HashSet<>();

        for (int at = 0; at <= frames.size(); at++) {
            LabelWindow before = new LabelWindow(8, 2);
            List<Choice> chosen = addAll(before, frames.subList(0, at));
            LabelWindow after = new LabelWindow(8, 2);
            after.restore(before.state());
            chosen.addAll(addAll(after, frames.subList(at, frames.size())));
            wild.add(chosen);
        }

        assertThat(wild).containsExactly(calm);
    }

    @Test
    void givenAnotherMerit_whenFramesPass_thenItDecides() {
        LabelWindow window = new LabelWindow(2, 1, frame -> -frame.score().value());

        List<Choice> chosen = addAll(window, List.of(frame(0, "camera", 0.9), frame(1, "camera", 0.1)));

        assertThat(chosen).extracting(choice -> choice.frame().frameId()).containsExactly("frame-1");
    }
}
