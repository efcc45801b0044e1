package dev.reflux.torch.optim;

import ai.djl.pytorch.engine.PtNDArray;
import java.util.List;

/**
 * Updates parameters in place by their gradients.
 *
 * <ol>
 *   <li>Agrees with PyTorch's optimizer of the same name within 1e-6 over ten steps.
 *   <li>The state belongs to positions: every step must get the same parameters in the same order.
 *   <li>An optimizer that imports the exported state of another one continues like that one, bit by bit.
 * </ol>
 *
 * <p>Threading: one owner thread.
 */
public sealed interface Optimizer extends AutoCloseable permits SgdMomentum, AdamW {

    /**
     * Makes one step.
     *
     * @param parameters the parameters; changed in place
     * @param gradients their gradients, of the same shapes; not changed
     * @param learningRate lr, at least 0
     * @throws IllegalArgumentException if numbers or shapes differ from those of the first step
     */
    void step(List<PtNDArray> parameters, List<PtNDArray> gradients, double learningRate);

    /** Returns the number of steps so far, over all resumptions. */
    long steps();

    /** Returns everything that the next step depends on, besides parameters and gradients, as a safetensors file. */
    byte[] exportState();

    /**
     * Replaces the state by an exported one.
     *
     * @throws IllegalArgumentException if another kind of optimizer exported it
     */
    void importState(byte[] state);

    /** Frees the tensors of the state. */
    @Override
    void close();
}
