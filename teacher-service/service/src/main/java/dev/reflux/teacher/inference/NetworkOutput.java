package dev.reflux.teacher.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/**
 * What the network gave for some frames, still in its memory. Whoever takes it closes it, on the torch worker.
 *
 * @param scope owner of both tensors
 * @param logits [N, C, H/a, W/a]
 * @param features [N, F, H/b, W/b]
 */
public record NetworkOutput(NDManager scope, NDArray logits, NDArray features) implements AutoCloseable {

    @Override
    public void close() {
        scope.close();
    }
}
