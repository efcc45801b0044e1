package dev.reflux.trainer.update;

import dev.reflux.common.label.LabelMap;
import dev.reflux.evaluation.ConfusionMatrix;
import dev.reflux.evaluation.Prequential;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Scores new frames by the forward pass before their own update (test-then-train). It keeps the prequential score over the
 * stream and the score of the last window. Frames without a label are not scored. What the student says of new frames is
 * handed out to whoever wants it. The training thread only.
 */
final class ForwardScore {

    private final int classes;
    private final Prequential prequential;
    private FirstLook look = FirstLook.NONE;
    private double windowMiou = Double.NaN;

    /** @param fading the factor by which older frames fade from the prequential score, (0, 1] */
    ForwardScore(int classes, double fading) {
        this.classes = classes;
        this.prequential = new Prequential(classes, fading);
    }

    void tell(FirstLook first) {
        look = first;
    }

    /**
     * Scores the frames that are to be scored, if there are any, and hands out what the student says of the new ones.
     *
     * @param student the student's classes of the batch, asked for only if they are needed
     * @param labels the labels on that grid, one for each frame
     */
    void add(StudentClasses student, BatchTensors batch, List<LabelMap> labels, ScoredFrames scored) {
        if (scored.count() == 0) {
            return;
        }
        boolean anyLabel = labels.subList(0, scored.count()).stream().anyMatch(label -> !label.isEmpty());
        List<Integer> wanted = scored.firstStep() ? wanted(batch, scored.count()) : List.of();
        if (anyLabel) {
            score(student.maps(), labels, scored);
        } else {
            windowMiou = Double.NaN;
        }
        wanted.forEach(place -> look.saw(
                batch.sample(place), batch.asShown(place, student.maps().get(place))));
    }

    private List<Integer> wanted(BatchTensors batch, int count) {
        return IntStream.range(0, count)
                .filter(place -> look.wants(batch.sample(place)))
                .boxed()
                .toList();
    }

    private void score(List<LabelMap> predicted, List<LabelMap> labels, ScoredFrames scored) {
        ConfusionMatrix window = new ConfusionMatrix(classes);
        for (int i = 0; i < scored.count(); i++) {
            window.add(predicted.get(i).ids(), labels.get(i).ids());
            if (scored.firstStep() && !labels.get(i).isEmpty()) {
                prequential.add(predicted.get(i).ids(), labels.get(i).ids());
            }
        }
        windowMiou = window.miou();
    }

    double prequentialMiou() {
        return prequential.miou();
    }

    double accuracy() {
        return prequential.pixelAccuracy();
    }

    double windowMiou() {
        return windowMiou;
    }

    double[] state() {
        return prequential.state();
    }

    void restore(double[] state) {
        prequential.restore(state);
    }
}
