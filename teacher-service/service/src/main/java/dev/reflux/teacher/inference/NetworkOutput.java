package dev.reflux.teacher.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/**
 * The output of the network for a batch, in native memory. The receiver closes it on the torch worker.
 *
 * @param scope the owner of both tensors
 * @param logits float [N, C, ⌈H/a⌉, ⌈W/a⌉]
 * @param features float [N, F, ⌈H/b⌉, ⌈W/b⌉]
 */
public record NetworkOutput(NDManager scope, NDArray logits, NDArray features) implements AutoCloseable {

    @Override
    public void close() {
        scope.close();
    }
}
