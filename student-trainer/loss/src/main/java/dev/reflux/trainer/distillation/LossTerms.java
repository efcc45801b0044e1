package dev.reflux.trainer.distillation;

import ai.djl.ndarray.NDArray;

/**
 * The loss of one batch.
 *
 * @param logitsGradient ∂L_total/∂s, float [N,C,h,w]
 * @param projectedGradient ∂L_total/∂Z_s, float [N,C,h',w']
 * @param ce the cross-entropy over labeled pixels
 * @param kd L_kd before its weight; 0 if its weight is 0
 * @param hakd L_hakd before its weight; 0 if its weight is 0
 * @param bce BCE(Z_s, y)
 * @param own the method's own term before its weight; 0 if the method has none
 * @param consistency L_der before its weight; 0 if no frame of the batch is remembered
 * @param total the weighted sum
 * @param teacherShare the mean of S_t over labeled cells and classes; NaN if L_hakd or KMM is off
 * @param maxWeight the mean over frames and classes of the largest W; NaN if L_hakd is off
 */
public record LossTerms(
        NDArray logitsGradient,
        NDArray projectedGradient,
        double ce,
        double kd,
        double hakd,
        double bce,
        double own,
        double consistency,
        double total,
        double teacherShare,
        double maxWeight) {

    static LossTerms of(
            LossSettings settings,
            NDArray logitsGradient,
            NDArray projectedGradient,
            LogitsTerms logits,
            ProjectedTerms projected) {
        boolean distills = settings.hakd() > 0;
        double total = logits.ce()
                + settings.kd() * logits.kd()
                + settings.hakd() * projected.hakd()
                + settings.projection() * projected.bce();
        return new LossTerms(
                logitsGradient,
                projectedGradient,
                logits.ce(),
                logits.kd(),
                projected.hakd(),
                projected.bce(),
                0,
                0,
                total,
                distills && settings.kmm() ? projected.teacherShare() : Double.NaN,
                distills ? projected.maxWeight() : Double.NaN);
    }

    /** Returns these terms with a method's own term, whose gradient has been added already. */
    LossTerms withOwn(DistillationTerm.Value term) {
        return new LossTerms(
                logitsGradient,
                projectedGradient,
                ce,
                kd,
                hakd,
                bce,
                term.unweighted(),
                consistency,
                total + term.weighted(),
                teacherShare,
                maxWeight);
    }

    /** Returns these terms with the term of DER++, whose gradient has been added already. */
    LossTerms withConsistency(double term, double weight) {
        return new LossTerms(
                logitsGradient,
                projectedGradient,
                ce,
                kd,
                hakd,
                bce,
                own,
                term,
                total + weight * term,
                teacherShare,
                maxWeight);
    }
}
