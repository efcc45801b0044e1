package dev.reflux.quickstart;

import dev.reflux.datasets.SparseLabels;
import dev.reflux.datasets.SparseLabels.LabelTime;
import dev.reflux.quickstart.report.RunFacts;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The frames of a run as the camera sends them. Immutable.
 *
 * @param messages the frames, and the labels that come later
 * @param times when each frame has its label, in the order of the frames
 */
record StreamedFrames(SparseLabels messages, List<LabelTime> times) {

    StreamedFrames {
        times = List.copyOf(times);
    }

    /** Returns the frames of a run. If only some have a label, this reads the data set once. */
    static StreamedFrames of(SparseLabels messages) {
        return new StreamedFrames(messages, messages.times().toList());
    }

    /** Returns the number of messages: that of the frames, and one more for each label that comes later. */
    long count() {
        return times.size() + labels().later();
    }

    /** Returns the number of frames by when they have their label. */
    RunFacts.Labels labels() {
        return new RunFacts.Labels(count(LabelTime.AT_ONCE), count(LabelTime.LATER), count(LabelTime.NEVER));
    }

    private long count(LabelTime time) {
        return times.stream().filter(time::equals).count();
    }

    /** Returns the places of up to so many frames that never have a label, each in the middle of an equal share of them. */
    List<Integer> unlabeled(int most) {
        List<Integer> all = IntStream.range(0, times.size())
                .filter(place -> times.get(place) == LabelTime.NEVER)
                .boxed()
                .toList();
        int shown = Math.min(most, all.size());
        return IntStream.range(0, shown)
                .mapToObj(slot -> all.get((2 * slot + 1) * all.size() / (2 * shown)))
                .toList();
    }
}
