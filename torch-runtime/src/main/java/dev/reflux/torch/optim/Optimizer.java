package dev.reflux.torch.optim;

import ai.djl.pytorch.engine.PtNDArray;
import java.util.List;

/**
 * Changes parameters in place by their gradients.
 *
 * <ol>
 *   <li>Agrees with PyTorch's optimizer of the same name within 1e-6 over ten steps.
 *   <li>State belongs to positions: every step is given the same parameters in the same order.
 *   <li>{@link #importState} after {@link #exportState} continues bit by bit as if there had been no interruption.
 * </ol>
 *
 * One owner thread.
 */
public sealed interface Optimizer extends AutoCloseable permits SgdMomentum, AdamW {

    /**
     * One step.
     *
     * @param parameters changed in place
     * @param gradients same shapes; not changed
     * @param learningRate at least 0
     * @throws IllegalArgumentException when numbers or shapes differ from those of the first step
     */
    void step(List<PtNDArray> parameters, List<PtNDArray> gradients, double learningRate);

    /** Steps made so far, over all resumptions. */
    long steps();

    /** Everything that the next step depends on besides parameters and gradients. */
    byte[] exportState();

    /**
     * Continues from an exported state.
     *
     * @throws IllegalArgumentException when it was exported by another kind of optimizer
     */
    void importState(byte[] state);

    /** Frees the state's tensors. */
    @Override
    void close();
}
