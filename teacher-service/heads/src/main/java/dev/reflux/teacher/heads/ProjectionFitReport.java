package dev.reflux.teacher.heads;

import dev.reflux.torch.model.ProjectionHeadFile;
import java.util.List;

/**
 * A fitted head and how good it is.
 *
 * @param head ready to be written
 * @param frames frames that it was fitted on
 * @param cells feature cells that it was fitted on
 * @param heldOutFrames frames that only the score has seen; whole stretches of the split, because neighbours are alike
 * @param trainBce mean binary cross-entropy over the fit's cells and classes, without the penalty
 * @param heldOutBce the same on held-out frames; NaN without any
 * @param heldOutMiou mean intersection over union of arg max Z on held-out cells, 0..1; NaN without any
 * @param perClassBce by class id, on the fit's cells
 * @param l2 the penalty that was chosen
 * @param evaluations looks at all cells that the search took
 * @param convergedClasses classes whose gradient vanished; fewer than all: more evaluations would help
 * @param extractionSeconds time in labels, images and the network
 * @param searchSeconds time in the search
 */
public record ProjectionFitReport(
        ProjectionHeadFile head,
        int frames,
        long cells,
        int heldOutFrames,
        double trainBce,
        double heldOutBce,
        double heldOutMiou,
        List<Double> perClassBce,
        double l2,
        int evaluations,
        int convergedClasses,
        double extractionSeconds,
        double searchSeconds) {

    public ProjectionFitReport {
        perClassBce = List.copyOf(perClassBce);
    }
}
