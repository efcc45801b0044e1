package dev.reflux.trainer.distillation;

/**
 * The terms on the final logits, or the contribution of some parts to them.
 *
 * @param ce the cross-entropy
 * @param kd L_kd before its weight
 */
record LogitsTerms(double ce, double kd) {

    /** Returns the terms of a result of the script's {@code logits_terms}: [CE, L_kd]. */
    static LogitsTerms of(float[] values) {
        return new LogitsTerms(values[0], values[1]);
    }

    LogitsTerms plus(LogitsTerms other) {
        return new LogitsTerms(ce + other.ce, kd + other.kd);
    }
}
