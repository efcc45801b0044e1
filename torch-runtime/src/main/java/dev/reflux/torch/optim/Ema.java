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
import java.util.Map;

/**
 * Exponential moving average of a model's tensors, corrected for its start: after t updates it is Σ dᵗ⁻ⁱ·wᵢ / Σ dᵗ⁻ⁱ, so
 * the first update copies and what the weights were before it counts nothing. Tensors of whole numbers (counters) are
 * copied.
 *
 * <p>Kept in the corrected form: average ← average + (1 − d)/(1 − dᵗ)·(w − average). One owner thread.
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
     * @param decay d in [0, 1); 1/(1 − d) steps is the horizon
     * @param live the tensors to follow: parameters and buffers
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

    /** Takes the live tensors' present values in. */
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

    public long updates() {
        return updates;
    }

    /** The averages, in the order of the live tensors; the live values themselves before the first update. */
    public List<PtNDArray> average() {
        return List.copyOf(average);
    }

    /**
     * Puts the averages into the live tensors until the result is closed, which puts the raw values back: for scoring
     * or saving the averaged model. No {@link #update} in between.
     */
    public Applied apply() {
        runtime.helper().swap(live, average);
        return () -> runtime.helper().swap(live, average);
    }

    /** The time in which the live tensors hold the averages. */
    @FunctionalInterface
    public interface Applied extends AutoCloseable {
        @Override
        void close();
    }

    public byte[] exportState() {
        List<NamedTensor> tensors = new ArrayList<>();
        for (int i = 0; i < average.size(); i++) {
            tensors.add(TensorBytes.of("average.%05d".formatted(i), average.get(i)));
        }
        return Safetensors.write(tensors, Map.of(UPDATES, Long.toString(updates)));
    }

    /** @throws IllegalArgumentException when the state is of tensors of other shapes */
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
