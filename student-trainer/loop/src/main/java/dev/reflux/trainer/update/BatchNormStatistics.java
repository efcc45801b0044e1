package dev.reflux.trainer.update;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import dev.reflux.torch.TorchRuntime;
import java.util.ArrayList;
import java.util.List;

/**
 * The batch-norm statistics of the student and its projection head, with a copy from before the step. A forward pass in
 * training mode moves the statistics; a step that is skipped afterwards takes them back. The training thread only.
 */
final class BatchNormStatistics implements AutoCloseable {

    private final TorchRuntime runtime;
    private final List<PtNDArray> current;
    private final List<PtNDArray> saved = new ArrayList<>();

    /** @param current the live statistics */
    BatchNormStatistics(TorchRuntime runtime, List<PtNDArray> current) {
        this.runtime = runtime;
        this.current = List.copyOf(current);
        current.forEach(one -> saved.add((PtNDArray) one.duplicate()));
    }

    void save() {
        runtime.helper().copy(saved, current);
    }

    void takeBack() {
        runtime.helper().copy(current, saved);
    }

    @Override
    public void close() {
        saved.forEach(NDArray::close);
    }
}
