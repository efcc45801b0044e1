package dev.reflux.teacher.heads;

import dev.reflux.torch.model.ProjectionHeadFile;
import java.util.List;

/**
 * A fitted head and its figures.
 *
 * @param head the head in memory
 * @param frames the number of frames that the head was fitted on
 * @param cells the number of feature cells that the head was fitted on
 * @param heldOutFrames the number of frames that only the score used: whole stretches of the split
 * @param trainBce the mean binary cross-entropy over the fit's cells and classes, without the penalty
 * @param heldOutBce the mean binary cross-entropy on held-out cells; NaN without any
 * @param heldOutMiou the mean intersection over union of arg max Z on held-out cells, 0..1; NaN without any
 * @param perClassBce the binary cross-entropy of each class on the fit's cells, by class id
 * @param l2 the chosen penalty
 * @param evaluations the number of evaluations of all cells in the search
 * @param convergedClasses the number of classes that converged; if some did not, more evaluations would lower the loss
 * @param extractionSeconds the time for labels, images and the network
 * @param searchSeconds the time for the search
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
