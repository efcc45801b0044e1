package dev.reflux.torch.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.weights.TensorBytes;

/**
 * A frozen projection head in memory: features [N,F,h,w] → projected logits Z [N,C,h,w], Z = W·F + b at each cell (HeteroAKD,
 * Huang et al., AAAI 2025). It records no gradient and has no state.
 *
 * <p>Threading: one owner thread.
 */
public final class ProjectionHead implements AutoCloseable {

    private final TorchRuntime runtime;
    private final ProjectionHeadFile file;
    private final NDManager manager;
    private final NDArray weight;
    private final NDArray bias;

    private ProjectionHead(TorchRuntime runtime, ProjectionHeadFile file) {
        this.runtime = runtime;
        this.file = file;
        this.manager = runtime.manager().newSubManager();
        this.weight =
                TensorBytes.create(manager, file.weight()).reshape(new Shape(file.classes(), file.features(), 1, 1));
        this.bias = TensorBytes.create(manager, file.bias());
    }

    /** Loads a head onto the runtime's device. */
    public static ProjectionHead load(TorchRuntime runtime, ProjectionHeadFile file) {
        return new ProjectionHead(runtime, file);
    }

    /**
     * Projects features.
     *
     * @param to the owner of the result
     * @param features float [N,F,h,w]
     * @return Z, float [N,C,h,w]
     */
    public NDArray apply(NDManager to, NDArray features) {
        NDArray z = runtime.helper().project(to, features, weight, bias);
        if (!file.relu()) {
            return z;
        }
        try (z) {
            return z.maximum(0);
        }
    }

    /** Returns the file that the head was loaded from. */
    public ProjectionHeadFile file() {
        return file;
    }

    /** Returns {@link ProjectionHeadFile#id()}. */
    public String id() {
        return file.id();
    }

    @Override
    public void close() {
        manager.close();
    }
}
