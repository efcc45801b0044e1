package dev.reflux.torch.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.weights.NamedTensor;
import dev.reflux.torch.weights.Safetensors;
import dev.reflux.torch.weights.TensorBytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The exponential moving average of a model's tensors, corrected for its start: after t updates it is
 * Σ dᵗ⁻ⁱ·wᵢ / Σ dᵗ⁻ⁱ. The first update therefore copies the weights, and values before it do not count. Tensors of whole
 * numbers (counters) are copied.
 *
 * <p>The update is average ← average + (1 − d)/(1 − dᵗ)·(w − average).
 *
 * <p>Threading: one owner thread.
 */
public final class Ema implements AutoCloseable {

    private static final String UPDATES = "reflux.updates";

    private final TorchRuntime runtime;
    private final NDManager manager;
    private final double decay;
    private final List<PtNDArray> live;
    private final List<PtNDArray> average = new ArrayList<>();
    private long updates;

    /**
     * @param decay d in [0, 1); the average reaches back over about 1/(1 − d) steps
     * @param live the tensors that are averaged: parameters and buffers
     */
    public Ema(TorchRuntime runtime, double decay, List<PtNDArray> live) {
        if (!(decay >= 0 && decay < 1)) {
            throw new IllegalArgumentException("a decay must be in [0, 1), not " + decay);
        }
        this.runtime = runtime;
        this.decay = decay;
        this.live = List.copyOf(live);
        this.manager = runtime.manager().newSubManager();
        for (PtNDArray tensor : live) {
            PtNDArray copy = (PtNDArray) manager.zeros(tensor.getShape(), tensor.getDataType());
            average.add(copy);
        }
        runtime.helper().copy(average, this.live);
    }

    /** Adds the present values of the live tensors to the average. */
    public void update() {
        updates++;
        double weight = (1 - decay) / (1 - Math.pow(decay, updates));
        List<PtNDArray> targets = new ArrayList<>();
        List<PtNDArray> sources = new ArrayList<>();
        List<PtNDArray> counters = new ArrayList<>();
        List<PtNDArray> counted = new ArrayList<>();
        for (int i = 0; i < live.size(); i++) {
            boolean floating = live.get(i).getDataType() == DataType.FLOAT32;
            (floating ? targets : counters).add(average.get(i));
            (floating ? sources : counted).add(live.get(i));
        }
        runtime.helper().lerp(targets, sources, weight);
        runtime.helper().copy(counters, counted);
    }

    /** Returns the number of updates so far. */
    public long updates() {
        return updates;
    }

    /** Returns the averages in the order of the live tensors. Before the first update they are the initial values. */
    public List<PtNDArray> average() {
        return List.copyOf(average);
    }

    /**
     * Puts the averages into the live tensors, to score or save the averaged model. Closing the result puts the raw values
     * back. {@link #update} must not be called in between.
     */
    public Applied apply() {
        runtime.helper().swap(live, average);
        return () -> runtime.helper().swap(live, average);
    }

    /** The time in which the live tensors have the averages. */
    @FunctionalInterface
    public interface Applied extends AutoCloseable {
        /** Puts the raw values back into the live tensors. */
        @Override
        void close();
    }

    /** Returns the averages and the number of updates as a safetensors file. */
    public byte[] exportState() {
        List<NamedTensor> tensors = new ArrayList<>();
        for (int i = 0; i < average.size(); i++) {
            tensors.add(TensorBytes.of(String.format(Locale.ROOT, "average.%05d", i), average.get(i)));
        }
        return Safetensors.write(tensors, Map.of(UPDATES, Long.toString(updates)));
    }

    /**
     * Replaces the averages by exported ones.
     *
     * @throws IllegalArgumentException if they have other shapes
     */
    public void importState(byte[] state) {
        Safetensors.File file = Safetensors.read(state);
        if (file.tensors().size() != average.size()) {
            throw new IllegalArgumentException(
                    "an average of " + file.tensors().size() + " tensors is not one of " + average.size());
        }
        for (int i = 0; i < average.size(); i++) {
            TensorBytes.set(runtime.helper(), average.get(i), file.tensors().get(i));
        }
        updates = Long.parseLong(file.metadata().getOrDefault(UPDATES, "0"));
    }

    @Override
    public void close() {
        average.forEach(NDArray::close);
        manager.close();
    }
}
