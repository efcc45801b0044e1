package dev.reflux.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.message.LabeledFrame;
import dev.reflux.datasets.SparseLabels.LabelTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SparseLabelsTest {

    private static final Duration AT_ONCE = Duration.ZERO;

    private static FleetPlan plan(int frames) {
        return FleetPlan.once(new SomeLabels(frames, 1), "train");
    }

    /** Returns the messages as frame ids, each with a plus if it has its label. */
    private static List<String> said(SparseLabels labels) {
        try (Stream<LabeledFrame> messages = labels.messages()) {
            return messages.map(SparseLabelsTest::said).toList();
        }
    }

    private static String said(LabeledFrame message) {
        return message.getFrameId() + (message.getLabel().isEmpty() ? "" : "+");
    }

    @Test
    void givenEveryLabel_whenRead_thenTheMessagesAndTheNameAreThoseOfThePlan() {
        SparseLabels labels = new SparseLabels(plan(7), 1, AT_ONCE);

        List<LabeledFrame> messages = labels.messages().toList();

        assertThat(messages).isEqualTo(plan(7).messages().toList());
        assertThat(labels.name()).isEqualTo(plan(7).name());
        assertThat(labels.count()).isEqualTo(7);
    }

    @Test
    void givenEverySecondLabel_whenRead_thenItIsEverySecondOfEachCameraFromItsFirst() {
        SparseLabels labels = new SparseLabels(plan(10), 2, AT_ONCE);

        List<String> said = said(labels);

        assertThat(said).containsExactly("f0+", "f1+", "f2+", "f3", "f4", "f5", "f6+", "f7+", "f8+", "f9");
        assertThat(labels.count()).isEqualTo(10);
    }

    @Test
    void givenNoLabelWanted_whenRead_thenNoFrameHasOne() {
        SparseLabels labels = new SparseLabels(plan(4), 0, Duration.ofSeconds(1));

        List<String> said = said(labels);

        assertThat(said).containsExactly("f0", "f1", "f2", "f3");
        assertThat(labels.count()).isEqualTo(4);
        assertThat(labels.twice()).isFalse();
    }

    @Test
    void givenLabelsLater_whenRead_thenEachComesBeforeTheFrameOfItsCameraAtWhichItIsDueAndTheRestAtTheEnd() {
        SparseLabels labels = new SparseLabels(plan(10), 2, Duration.ofSeconds(4));

        List<String> said = said(labels);

        // A camera has a frame every 3 s, so a label of 4 s later is due at the next but one.
        assertThat(said)
                .containsExactly(
                        "f0", "f1", "f2", "f3", "f4", "f5", "f0+", "f6", "f1+", "f7", "f2+", "f8", "f9", "f6+", "f7+",
                        "f8+");
        assertThat(labels.count()).isEqualTo(16);
        assertThat(labels.twice()).isTrue();
    }

    @Test
    void givenFramesThatHaveNoLabelInTheDataSet_whenRead_thenTheyAreSentOnce() {
        FleetPlan some = FleetPlan.once(new SomeLabels(6, 2), "train");
        SparseLabels labels = new SparseLabels(some, 1, Duration.ofHours(1));

        List<String> said = said(labels);

        assertThat(said).containsExactly("f0", "f1", "f2", "f3", "f4", "f5", "f0+", "f2+", "f4+");
        assertThat(labels.count()).isEqualTo(9);
    }

    @Test
    void givenALaterLabel_whenRead_thenItsMessageIsThatOfTheFrameInAllButTheLabel() {
        LabeledFrame whole = plan(1).messages().findFirst().orElseThrow();

        List<LabeledFrame> messages =
                new SparseLabels(plan(1), 1, Duration.ofSeconds(9)).messages().toList();

        assertThat(messages)
                .containsExactly(whole.toBuilder().clearLabel().build(), whole)
                .allSatisfy(
                        message -> assertThat(message.getImage().toByteArray()).containsExactly(1, 0));
    }

    @Test
    void givenADataSetOfSomeLabels_whenTheirTimesAreRead_thenEachFrameHasItsOwn() {
        FleetPlan some = FleetPlan.once(new SomeLabels(9, 2), "train");

        List<LabelTime> times =
                new SparseLabels(some, 2, Duration.ofSeconds(1)).times().toList();

        // Every second frame of each camera is wanted: f0 to f2 and f6 to f8; f1 and f7 have none.
        assertThat(times)
                .containsExactly(
                        LabelTime.LATER,
                        LabelTime.NEVER,
                        LabelTime.LATER,
                        LabelTime.NEVER,
                        LabelTime.NEVER,
                        LabelTime.NEVER,
                        LabelTime.LATER,
                        LabelTime.NEVER,
                        LabelTime.LATER);
    }

    @ParameterizedTest
    @CsvSource({"1, 0, AT_ONCE", "1, 5, LATER", "0, 5, NEVER"})
    void givenFramesThatAreAllAlike_whenTheirTimesAreRead_thenNoFrameIsRead(long every, long later, LabelTime time) {
        FleetPlan unread = FleetPlan.once(new Unread(), "train").first(3);

        List<LabelTime> times = new SparseLabels(unread, every, Duration.ofSeconds(later))
                .times()
                .toList();

        assertThat(times).containsExactly(time, time, time);
    }

    /** What a consumer relies on, whatever the settings. */
    @Property(tries = 200)
    void givenAnySettings_whenRead_thenFramesKeepTheirOrderAndLabelsTheirDistance(
            @ForAll @IntRange(min = 1, max = 40) int frames,
            @ForAll @IntRange(max = 3) int having,
            @ForAll @IntRange(max = 3) int cameras,
            @ForAll @IntRange(min = 1, max = 3) int laps,
            @ForAll @IntRange(max = 60) int limit,
            @ForAll @IntRange(max = 5) int every,
            @ForAll @IntRange(max = 90) int later) {
        FleetPlan plan = new FleetPlan(new SomeLabels(frames, having), "train", cameras, laps, limit);
        SparseLabels labels = new SparseLabels(plan, every, Duration.ofSeconds(later));

        List<LabeledFrame> messages = labels.messages().toList();

        assertThat(messages).hasSize((int) labels.count());
        Set<String> seen = new HashSet<>();
        Map<String, Long> clock = new HashMap<>();
        List<LabeledFrame> first = new ArrayList<>();
        Map<String, List<String>> labeledOfCamera = new HashMap<>();
        for (LabeledFrame message : messages) {
            boolean again = !seen.add(message.getFrameId());
            if (again) {
                assertThat(message.getLabel().isEmpty()).isFalse();
                boolean ended = first.size() == plan.count();
                assertThat(ended
                                || clock.get(message.getCameraId()) - message.getCapturedAtMicros()
                                        < later * 1_000_000L)
                        .as("no frame of its camera was sent since it was due")
                        .isTrue();
            } else {
                first.add(message);
                clock.put(message.getCameraId(), message.getCapturedAtMicros());
                assertThat(message.getLabel().isEmpty() || later == 0).isTrue();
            }
            if (!message.getLabel().isEmpty()) {
                labeledOfCamera
                        .computeIfAbsent(message.getCameraId(), id -> new ArrayList<>())
                        .add(message.getFrameId());
            }
        }
        assertThat(first.stream().map(LabeledFrame::getFrameId))
                .containsExactlyElementsOf(
                        plan.messages().map(LabeledFrame::getFrameId).toList());
        Map<String, List<String>> wanted = new HashMap<>();
        Map<String, Integer> turns = new HashMap<>();
        plan.messages().forEach(message -> {
            int turn = turns.merge(message.getCameraId(), 1, Integer::sum) - 1;
            if (every > 0 && turn % every == 0 && !message.getLabel().isEmpty()) {
                wanted.computeIfAbsent(message.getCameraId(), id -> new ArrayList<>())
                        .add(message.getFrameId());
            }
        });
        assertThat(labeledOfCamera).isEqualTo(wanted);
    }

    @Property(tries = 100)
    void givenAPushThatWasBrokenOff_whenItGoesOnBehindAPosition_thenTheRestIsTheSame(
            @ForAll @IntRange(max = 40) int from,
            @ForAll @IntRange(min = 1, max = 3) int every,
            @ForAll @IntRange(max = 30) int later) {
        SparseLabels labels = new SparseLabels(
                new FleetPlan(new SomeLabels(13, 1), "train", 2, 2, 0), every, Duration.ofSeconds(later));

        List<LabeledFrame> rest = labels.messages().skip(from).toList();

        List<LabeledFrame> all = labels.messages().toList();
        assertThat(rest).isEqualTo(all.subList(Math.min(from, all.size()), all.size()));
    }

    @Test
    void givenAPlanWithoutEnd_whenReadByAnIterator_thenNoMoreIsReadThanIsAsked() {
        FleetPlan endless = new FleetPlan(new SomeLabels(3, 1), "train", 1, 0, 0);
        SparseLabels labels = new SparseLabels(endless, 1, Duration.ofSeconds(2));

        List<String> said =
                labels.messages().limit(7).map(SparseLabelsTest::said).toList();

        assertThat(said).containsExactly("f0@1", "f1@1", "f0@1+", "f2@1", "f1@1+", "f2@1+", "f0@1#2");
        assertThat(labels.count()).isEqualTo(-1);
    }

    @Test
    void givenOtherSettings_whenNamed_thenNamesDifferWhereverPositionsDo() {
        FleetPlan plan = plan(10);
        Duration minute = Duration.ofMinutes(1);

        Set<String> names = new HashSet<>(List.of(
                new SparseLabels(plan, 1, AT_ONCE).name(),
                new SparseLabels(plan, 2, AT_ONCE).name(),
                new SparseLabels(plan, 1, minute).name(),
                new SparseLabels(plan, 2, minute).name(),
                new SparseLabels(plan, 2, minute.multipliedBy(2)).name(),
                // The outstanding labels come at the end, and the end is another one.
                new SparseLabels(plan.first(5), 2, minute).name()));

        assertThat(names).hasSize(6).allSatisfy(name -> assertThat(name).startsWith("some/train/0"));
        assertThat(new SparseLabels(plan.first(5), 2, AT_ONCE).name())
                .isEqualTo(new SparseLabels(plan, 2, AT_ONCE).name());
    }

    @ParameterizedTest
    @CsvSource({"-1, 0, One label for every -1 frames", "1, -5, A label that comes -5 s after"})
    void givenANegativeNumber_whenCreated_thenOneSentenceSaysWhatToGive(long every, long later, String words) {
        assertThatThrownBy(() -> new SparseLabels(plan(1), every, Duration.ofSeconds(later)))
                .isInstanceOf(UsageException.class)
                .hasMessageStartingWith(words)
                .hasMessageEndingWith(".");
    }

    /** Ten labeled frames that nobody may read. */
    private static final class Unread extends WrappedDataset {

        Unread() {
            super(new SomeLabels(10, 1));
        }

        @Override
        public int labeledCount(String split) {
            return count(split);
        }

        @Override
        public Stream<Frame> frames(String split) {
            throw new AssertionError("the split is read");
        }
    }
}
