package dev.reflux.datasets;

import dev.reflux.common.codec.RepeatableFrames;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.message.LabeledFrame;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The messages of a fleet of which only some frames have a label, or whose labels come later than their frames.
 *
 * <ol>
 *   <li>Every N-th frame of each camera, beginning with the first, has its label. The others go without, and so does a frame for
 *       which the data set has none.
 *   <li>A label that comes later travels in a second message: the frame again, and its label. The first message of the frame has
 *       none.
 *   <li>A label is due when its camera has a frame that was captured the given time after the labeled one, or still later. It
 *       is sent before that frame. At the end of the stream, all outstanding labels are sent in the order of their frames.
 *   <li>Only capture times decide. So every reading gives the same messages in the same order.
 *   <li>Frames whose label is outstanding are in memory.
 * </ol>
 *
 * @param plan the frames; its limit counts frames, and their later labels come on top of it
 * @param labels which frames have their label, and when
 */
public record SparseLabels(FleetPlan plan, LabelSchedule labels) implements RepeatableFrames {

    /**
     * Creates the messages of a schedule.
     *
     * @param every 1 for a label with every frame, N for one with every N-th frame of each camera, 0 for none
     * @param later how much later a label comes, by the clock of the frames; zero: with its frame
     * @throws dev.reflux.common.failure.UsageException when one is negative
     */
    public SparseLabels(FleetPlan plan, long every, Duration later) {
        this(plan, new LabelSchedule(every, later));
    }

    /** When a frame has its label: in its only message, in a second one, or in none. */
    public enum LabelTime {
        AT_ONCE,
        LATER,
        NEVER
    }

    /** Returns whether a labeled frame takes two messages, because its label comes later. */
    public boolean twice() {
        return labels.every() > 0 && !labels.later().isZero();
    }

    /**
     * Returns the number of messages; -1 when there is no end. Where labels come later, this reads the split once.
     *
     * @throws UsageException while reading, when a frame's file cannot be read
     */
    public long count() {
        long frames = plan.count();
        if (frames < 0 || !twice()) {
            return frames;
        }
        return frames + times().filter(time -> time == LabelTime.LATER).count();
    }

    /**
     * Returns when each frame of the plan has its label, in order. Unless that is the same for all of them, this reads the
     * split once.
     *
     * @throws dev.reflux.common.failure.UsageException while reading, when a frame's file cannot be read
     */
    public Stream<LabelTime> times() {
        LabelTime labeled = labels.later().isZero() ? LabelTime.AT_ONCE : LabelTime.LATER;
        if (labels.every() == 0) {
            return alike(LabelTime.NEVER);
        }
        if (allLabeled()) {
            return alike(labeled);
        }
        Turns turns = new Turns();
        return plan.places().map(place -> turns.next(place.cameraId()) && place.labeled() ? labeled : LabelTime.NEVER);
    }

    private Stream<LabelTime> alike(LabelTime time) {
        Stream<LabelTime> endless = Stream.generate(() -> time);
        long frames = plan.count();
        return frames < 0 ? endless : endless.limit(frames);
    }

    private boolean allLabeled() {
        return labels.every() == 1
                && plan.dataset().labeledCount(plan.split()) == plan.dataset().count(plan.split());
    }

    /**
     * Returns the plan's name and the settings. Where labels come later, laps and limit are part of it too: the labels that
     * are outstanding at the end come at another position when the end is another one.
     */
    @Override
    public String name() {
        if (!twice()) {
            return plan.name() + (labels.every() == 1 ? "" : "/label-every-" + labels.every());
        }
        return plan.name() + "/" + plan.laps() + "/" + plan.limit() + "/label-every-" + labels.every() + "/later-"
                + labels.later();
    }

    @Override
    public Stream<LabeledFrame> messages() {
        Stream<LabeledFrame> frames = plan.messages();
        return StreamSupport.stream(new Reading(frames.spliterator()), false).onClose(frames::close);
    }

    /** Whose turn it is to have a label. */
    private final class Turns {

        private final Map<String, Long> seen = new HashMap<>();

        /** Counts a frame of a camera, and returns whether it has a label. */
        boolean next(String cameraId) {
            long before = seen.merge(cameraId, 1L, Long::sum) - 1;
            return labels.every() > 0 && before % labels.every() == 0;
        }
    }

    /** A frame whose label is outstanding, and its place in the stream. */
    private record Outstanding(long place, LabeledFrame message) {}

    private final class Reading extends Spliterators.AbstractSpliterator<LabeledFrame> {

        private final Spliterator<LabeledFrame> frames;
        private final Turns turns = new Turns();
        private final Map<String, Queue<Outstanding>> outstanding = new HashMap<>();
        private final Queue<LabeledFrame> ready = new ArrayDeque<>();
        private long place;

        Reading(Spliterator<LabeledFrame> frames) {
            super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL);
            this.frames = frames;
        }

        @Override
        public boolean tryAdvance(Consumer<? super LabeledFrame> action) {
            if (ready.isEmpty() && !frames.tryAdvance(this::take)) {
                end();
            }
            LabeledFrame next = ready.poll();
            if (next == null) {
                return false;
            }
            action.accept(next);
            return true;
        }

        private void take(LabeledFrame frame) {
            Queue<Outstanding> due = outstanding.computeIfAbsent(frame.getCameraId(), id -> new ArrayDeque<>());
            while (!due.isEmpty() && due(due.peek().message(), frame)) {
                ready.add(due.remove().message());
            }
            boolean labeled =
                    turns.next(frame.getCameraId()) && !frame.getLabel().isEmpty();
            if (labeled && labels.later().isZero()) {
                ready.add(frame);
                return;
            }
            ready.add(frame.toBuilder().clearLabel().build());
            if (labeled) {
                due.add(new Outstanding(place++, frame));
            }
        }

        private boolean due(LabeledFrame labeled, LabeledFrame now) {
            return Duration.of(now.getCapturedAtMicros() - labeled.getCapturedAtMicros(), ChronoUnit.MICROS)
                            .compareTo(labels.later())
                    >= 0;
        }

        private void end() {
            List<Outstanding> rest = new ArrayList<>();
            outstanding.values().forEach(rest::addAll);
            outstanding.clear();
            rest.sort(Comparator.comparingLong(Outstanding::place));
            rest.forEach(one -> ready.add(one.message()));
        }
    }
}
