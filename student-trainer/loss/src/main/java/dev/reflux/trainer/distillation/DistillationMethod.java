package dev.reflux.trainer.distillation;

import dev.reflux.torch.TorchRuntime;

/**
 * The settings of a loss: how the teacher teaches. The total loss of every method is
 *
 * <pre>
 * L_total = CE(s, y) + λ1·L_kd + λ2·L_hakd + λp·BCE(Z_s, y) + Σ w_i·L_i
 * </pre>
 *
 * where {@link #builtIn()} gives λ1, λ2 and λp, and {@link #open} gives the method's own term Σ w_i·L_i. So all methods
 * train in one loop, on the same tensors.
 *
 * <ol>
 *   <li>A method is immutable, and equal to another method of the same settings.
 *   <li>{@link Object#toString()} names every setting: it goes into the manifest of each version.
 * </ol>
 *
 * Implementations are records. All methods may be called from any thread.
 */
public interface DistillationMethod {

    /** Returns the weights of the built-in terms. */
    LossSettings builtIn();

    /**
     * Creates the method's own term.
     *
     * @param runtime the runtime on whose device the term computes
     * @return the term; the caller closes it
     */
    default DistillationTerm open(TorchRuntime runtime) {
        return DistillationTerm.NONE;
    }

    /** Returns whether the loss reads the teacher's final logits. */
    boolean usesLogits();

    /** Returns whether the loss reads the teacher's projected logits. */
    boolean usesProjected();

    /** Returns how cells without a label are taught. */
    default UnlabeledCells unlabeled() {
        return builtIn().unlabeled();
    }

    /** Returns λp, the weight of the BCE that trains the student's projection head; 0 leaves the head untrained. */
    default double projection() {
        return builtIn().projection();
    }
}
