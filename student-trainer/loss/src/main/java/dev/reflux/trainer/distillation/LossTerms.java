package dev.reflux.trainer.distillation;

import ai.djl.ndarray.NDArray;

/**
 * One batch's loss.
 *
 * @param logitsGradient ∂L_total/∂s, [N,C,h,w]
 * @param projectedGradient ∂L_total/∂Z_s, [N,C,h',w']
 * @param ce cross-entropy over labelled pixels
 * @param kd L_kd before its weight; 0 when it is off
 * @param hakd L_hakd before its weight, or another method's own term (L_cwd, L_pair); 0 when it is off
 * @param bce BCE(Z_s, y)
 * @param consistency L_der before its weight; 0 when no frame of the batch is remembered
 * @param total the weighted sum
 * @param teacherShare mean S_t over labelled cells and classes; NaN when L_hakd is off
 * @param maxWeight mean over frames and classes of the largest W; NaN when L_hakd is off
 */
public record LossTerms(
        NDArray logitsGradient,
        NDArray projectedGradient,
        double ce,
        double kd,
        double hakd,
        double bce,
        double consistency,
        double total,
        double teacherShare,
        double maxWeight) {

    /** The same with a method's own term, whose gradient has been added already. */
    LossTerms withOwn(double own, double weight) {
        return new LossTerms(
                logitsGradient,
                projectedGradient,
                ce,
                kd,
                own,
                bce,
                consistency,
                total + weight * own,
                teacherShare,
                maxWeight);
    }

    /** The same with DER++'s term, whose gradient has been added already. */
    LossTerms withConsistency(double term, double weight) {
        return new LossTerms(
                logitsGradient,
                projectedGradient,
                ce,
                kd,
                hakd,
                bce,
                term,
                total + weight * term,
                teacherShare,
                maxWeight);
    }
}
