package dev.reflux.teacher.heads;

import dev.reflux.datasets.DatasetSplit;
import dev.reflux.datasets.Frame;
import java.util.Iterator;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The frames of a split that a fit uses: those that have a label, or some of them.
 *
 * @param split all frames
 * @param plan the choice among those that have a label
 */
record PlannedFrames(DatasetSplit split, FramePlan plan) {

    /**
     * One chosen frame.
     *
     * @param place its index among the chosen frames
     * @param heldOut whether only the score may use it
     */
    record PlannedFrame(Frame frame, int place, boolean heldOut) {}

    /** Passes each chosen frame to an action, in stream order. */
    void forEach(Consumer<PlannedFrame> action) {
        try (Stream<Frame> stream = split.labeledFrames()) {
            Iterator<Frame> iterator = stream.iterator();
            for (int index = 0; iterator.hasNext(); index++) {
                Frame frame = iterator.next();
                int place = plan.placeOf(index);
                if (place >= 0) {
                    action.accept(new PlannedFrame(frame, place, plan.heldOut(place)));
                }
            }
        }
    }
}
