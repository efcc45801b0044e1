package dev.reflux.trainer.update;

import ai.djl.ndarray.NDArray;
import dev.reflux.common.label.LabelMap;
import dev.reflux.evaluation.ConfusionMatrix;
import dev.reflux.evaluation.Prequential;
import dev.reflux.torch.image.Predictions;
import java.util.List;

/**
 * Scores new frames by the forward pass before their own update (test-then-train). It keeps the prequential score over the
 * stream and the score of the last window. Frames without a label are not scored. The training thread only.
 */
final class ForwardScore {

    private final int classes;
    private final Prequential prequential;
    private final Predictions predictions = new Predictions();
    private double windowMiou = Double.NaN;

    /** @param fading the factor by which older frames fade from the prequential score, (0, 1] */
    ForwardScore(int classes, double fading) {
        this.classes = classes;
        this.prequential = new Prequential(classes, fading);
    }

    /**
     * Scores the frames that are to be scored, if there are any.
     *
     * @param logits s, float [N,C,h,w]
     * @param labels the labels on that grid, one for each frame
     */
    void add(NDArray logits, List<LabelMap> labels, ScoredFrames scored) {
        if (scored.count() == 0) {
            return;
        }
        boolean anyLabel = labels.subList(0, scored.count()).stream().anyMatch(label -> !label.isEmpty());
        if (!anyLabel) {
            windowMiou = Double.NaN;
            return;
        }
        List<LabelMap> predicted = predictions.argmax(logits);
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
