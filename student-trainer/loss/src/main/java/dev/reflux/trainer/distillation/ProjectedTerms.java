package dev.reflux.trainer.distillation;

/**
 * The terms on the projected logits, or the contribution of some parts to them.
 *
 * @param bce BCE(Z_s, y)
 * @param hakd L_hakd before its weight
 * @param teacherShare the mean of S_t over labeled cells and classes
 * @param maxWeight the mean over frames and classes of the largest W
 */
record ProjectedTerms(double bce, double hakd, double teacherShare, double maxWeight) {

    /** Returns the terms of a result of the script's {@code projected_terms}: [BCE, L_hakd, mean S_t, mean largest W]. */
    static ProjectedTerms of(float[] values) {
        return new ProjectedTerms(values[0], values[1], values[2], values[3]);
    }

    ProjectedTerms plus(ProjectedTerms other) {
        return new ProjectedTerms(
                bce + other.bce, hakd + other.hakd, teacherShare + other.teacherShare, maxWeight + other.maxWeight);
    }
}
