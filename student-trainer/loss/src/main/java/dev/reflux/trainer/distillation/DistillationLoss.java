package dev.reflux.trainer.distillation;

import ai.djl.ndarray.NDManager;
import dev.reflux.torch.TorchRuntime;

/**
 * The loss of one method: the built-in terms and the method's own term, with their gradients.
 *
 * <ol>
 *   <li>No autograd graph is built and no gradient is recorded; what is allocated belongs to the given manager.
 *   <li>The built-in terms take no part at pixels without a y, which is a label or the teacher's class.
 *   <li>Values and gradients are finite for logits of ±80 and beyond.
 * </ol>
 *
 * The training thread only.
 */
public final class DistillationLoss implements AutoCloseable {

    private final DistillationMethod method;
    private final HeteroAkdLoss builtIn;
    private final DistillationTerm own;

    /**
     * Creates the loss of a method.
     *
     * @param runtime the runtime on whose device and threads the loss computes
     * @param method the settings
     */
    public DistillationLoss(TorchRuntime runtime, DistillationMethod method) {
        this.method = method;
        this.builtIn = new HeteroAkdLoss(runtime);
        this.own = method.open(runtime);
    }

    /**
     * Returns all terms of a batch.
     *
     * @param to the owner of the gradients
     */
    public LossTerms of(NDManager to, LossInputs in) {
        LossTerms terms = builtIn.of(to, method.builtIn(), in);
        return terms.withOwn(own.add(to, in, terms.logitsGradient(), terms.projectedGradient()));
    }

    /**
     * Returns the terms of a batch without the distillation terms: CE(s, y) + λp·BCE(Z_s, y), as in the warm-up.
     *
     * @param to the owner of the gradients
     */
    public LossTerms withoutTeacher(NDManager to, LossInputs in) {
        return builtIn.of(to, method.builtIn().withoutTeacher(), in);
    }

    @Override
    public void close() {
        own.close();
        builtIn.close();
    }
}
