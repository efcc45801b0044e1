package dev.reflux.quickstart.report;

import java.util.Locale;
import java.util.Map;

/**
 * The score of a version on held-out frames, as its manifest has it: a mIoU by labels, or, while no held-out frame has a
 * label, an agreement with the teacher. An agreement is no mIoU. NaN where a figure does not exist.
 *
 * @param miou the mIoU by labels, 0..1
 * @param frames the number of labeled frames that it is of
 * @param agreement the fraction of cells in which the student says what the teacher says, 0..1
 * @param agreementFrames the number of frames that the agreement is of
 */
public record HoldoutFigure(double miou, double frames, double agreement, double agreementFrames) {

    /** Returns the score in the metrics of a manifest. */
    public static HoldoutFigure of(Map<String, Double> metrics) {
        return new HoldoutFigure(
                metrics.getOrDefault("holdout.miou", Double.NaN),
                metrics.getOrDefault("holdout.frames", Double.NaN),
                metrics.getOrDefault("holdout.agreement", Double.NaN),
                metrics.getOrDefault("holdout.agreement.frames", Double.NaN));
    }

    /** Returns whether there is an agreement in place of a mIoU. */
    public boolean isAgreement() {
        return Double.isNaN(miou) && !Double.isNaN(agreement);
    }

    /** Returns the figure for a narrow column: "51.2 %", "agreement 87.1 %", or a dash. */
    public String brief() {
        if (isAgreement()) {
            return String.format(Locale.ROOT, "agreement %.1f %%", 100 * agreement);
        }
        return Double.isNaN(miou) ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * miou);
    }

    /** Returns what the mIoU is of, or the agreement in its place: "12 labeled frames", "agreement 87.1 % (too few labels)". */
    String basis() {
        if (isAgreement()) {
            return brief() + " (too few labels)";
        }
        return Double.isNaN(miou)
                ? "–"
                : String.format(Locale.ROOT, "%.0f labeled frame%s", frames, frames == 1 ? "" : "s");
    }
}
