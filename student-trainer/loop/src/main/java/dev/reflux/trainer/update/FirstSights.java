package dev.reflux.trainer.update;

import dev.reflux.common.label.LabelGrid;
import dev.reflux.common.label.LabelMap;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Notes what student and teacher say of the new frames without a label, by the forward pass of a window's first step. It
 * makes no pass of its own, and notes nothing until it is turned on. The training thread only.
 */
final class FirstSights {

    private final int classes;
    private boolean on;
    private List<FirstSight> last = List.of();

    FirstSights(int classes) {
        this.classes = classes;
    }

    void turn(boolean toOn) {
        on = toOn;
        last = List.of();
    }

    /** Returns what was noted of the last window's new frames, in their order. */
    List<FirstSight> last() {
        return last;
    }

    /**
     * Notes the scored frames that have no label, if this is their first step.
     *
     * @param student the student's classes of the batch, asked for only if they are needed
     */
    void note(StudentClasses student, BatchTensors batch, ScoredFrames scored, ClassBalance balance) {
        if (!on || !scored.firstStep()) {
            return;
        }
        List<Integer> unlabeled = IntStream.range(0, scored.count())
                .filter(i -> !batch.sample(i).isLabeled())
                .boxed()
                .toList();
        last = unlabeled.isEmpty() ? List.of() : sights(unlabeled, student.maps(), batch, balance.weights());
    }

    private List<FirstSight> sights(
            List<Integer> places, List<LabelMap> student, BatchTensors batch, double[] classWeights) {
        LabelMap any = student.get(0);
        List<LabelMap> teacher = batch.said(any.height(), any.width(), LabelGrid.NEAREST, classes);
        List<FirstSight> sights = new ArrayList<>(places.size());
        places.forEach(i -> sights.add(new FirstSight(batch.sample(i), student.get(i), teacher.get(i), classWeights)));
        return List.copyOf(sights);
    }
}
