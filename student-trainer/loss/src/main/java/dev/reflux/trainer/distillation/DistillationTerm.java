package dev.reflux.trainer.distillation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/**
 * A term of a loss besides the built-in ones, with its gradient.
 *
 * <p>Life cycle: {@link DistillationMethod#open} creates the term once for each learner; {@link #add} is called once for
 * each optimizer step after the warm-up; {@link #close} ends it.
 *
 * <ol>
 *   <li>{@link #add} adds the weighted gradient to the given tensors, in place, and changes no other tensor.
 *   <li>It records no gradient, and allocates tensors in the given manager only.
 *   <li>The same inputs give the same values, bit by bit.
 *   <li>Values and gradients are finite for logits of ±80.
 * </ol>
 *
 * The training thread only.
 */
public interface DistillationTerm extends AutoCloseable {

    /** The term of a method that has none: its value is 0 and its gradient is 0. */
    DistillationTerm NONE = (to, in, logitsGradient, projectedGradient) -> Value.ZERO;

    /**
     * The value of a term.
     *
     * @param unweighted the term before its weight, for meters
     * @param weighted the term times its weight, as the total loss has it
     */
    record Value(double unweighted, double weighted) {

        static final Value ZERO = new Value(0, 0);

        /** Returns the value of a term with one weight. */
        public static Value of(double unweighted, double weight) {
            return new Value(unweighted, weight * unweighted);
        }
    }

    /**
     * Computes the term and adds its weighted gradient.
     *
     * @param to the owner of temporary tensors
     * @param in the batch
     * @param logitsGradient ∂L_total/∂s so far, float [N,C,h,w]
     * @param projectedGradient ∂L_total/∂Z_s so far, float [N,C,h',w']
     * @return the value of the term
     */
    Value add(NDManager to, LossInputs in, NDArray logitsGradient, NDArray projectedGradient);

    /** Releases what {@link DistillationMethod#open} has allocated. */
    @Override
    default void close() {}
}
