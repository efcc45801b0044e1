package dev.reflux.trainer.update;

import dev.reflux.evaluation.SegmentationScore;

/**
 * The score of a student on held-out frames. It is by labels if enough of them have one, or all, and an agreement with the teacher
 * otherwise: the teacher may be wrong, so an agreement is no mIoU and is never compared with one. Immutable.
 *
 * @param byLabels the score on the frames that have a label; of 0 frames if the score is an agreement
 * @param agreement the fraction of cells in which the student says what the teacher says, 0..1; NaN if the score is by labels, or
 *     nothing is held out
 * @param agreementFrames the number of frames that the agreement is of
 */
public record HoldoutScore(SegmentationScore byLabels, double agreement, int agreementFrames) {

    /** Returns whether the score is by labels. */
    public boolean isByLabels() {
        return byLabels.frames() > 0;
    }

    /** Returns the mIoU by labels, or else the agreement, 0..1: of the same frames, the larger one is better. */
    public double figure() {
        return isByLabels() ? byLabels.miou() : agreement;
    }
}
