package dev.reflux.trainer.guard;

/**
 * The limits beyond which the guard acts. Immutable.
 *
 * @param enabled whether the guard judges at all
 * @param largestLogit the largest magnitude of a teacher's logit that is believed, above 0
 * @param leastContrast the smallest standard deviation of an image's gray levels, 0..255, at which it shows something
 * @param frozenFrames the number of equal images of a camera in a row at which it counts as frozen, at least 2
 * @param mostSpecks the fraction of label pixels that differ from both neighbors in their row, 0..1, above which these
 *     pixels are ignored
 * @param agreementMargin the tolerated fall of the agreement of label and teacher below its usual value, 0..1
 * @param leastAgreement the smallest usual agreement of label and teacher at which the teacher is believed, 0..1
 * @param explosion the multiple of the usual gradient norm at which a step is skipped, above 1
 * @param collapse the part of the last good weights' holdout mIoU below which the student goes back to them, 0..1
 * @param distrust whether a frame whose label is foreign goes on without its label, instead of being set aside
 */
public record GuardSettings(
        boolean enabled,
        double largestLogit,
        double leastContrast,
        int frozenFrames,
        double mostSpecks,
        double agreementMargin,
        double leastAgreement,
        double explosion,
        double collapse,
        boolean distrust) {

    /** The defaults of the training service. */
    public static final GuardSettings STANDARD = new GuardSettings(true, 10_000, 2, 5, 0.1, 0.25, 0.35, 30, 0.6, false);

    /** A guard that judges nothing. */
    public static final GuardSettings OFF = new GuardSettings(false, 10_000, 2, 5, 0.1, 0.25, 0.35, 30, 0.6, false);

    public GuardSettings {
        boolean sound = largestLogit > 0
                && leastContrast >= 0
                && frozenFrames >= 2
                && mostSpecks >= 0
                && agreementMargin >= 0
                && leastAgreement >= 0
                && explosion > 1
                && collapse >= 0
                && collapse <= 1;
        if (!sound) {
            throw new IllegalArgumentException("limits out of their range: largestLogit " + largestLogit
                    + ", leastContrast " + leastContrast + ", frozenFrames " + frozenFrames + ", mostSpecks "
                    + mostSpecks + ", agreementMargin " + agreementMargin + ", leastAgreement " + leastAgreement
                    + ", explosion " + explosion + ", collapse " + collapse);
        }
    }
}
