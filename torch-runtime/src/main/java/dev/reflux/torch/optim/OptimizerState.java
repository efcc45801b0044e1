package dev.reflux.torch.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.weights.NamedTensor;
import dev.reflux.torch.weights.Safetensors;
import dev.reflux.torch.weights.TensorBytes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The state of an optimizer: named lists of tensors, one for each parameter by position. One owner thread. */
final class OptimizerState implements AutoCloseable {

    private static final String KIND = "reflux.optimizer";
    private static final String STEPS = "reflux.steps";

    private final NDManager manager;
    private final String kind;
    private final Map<String, List<PtNDArray>> slots = new LinkedHashMap<>();
    private List<Shape> shapes = List.of();
    private long steps;

    OptimizerState(TorchRuntime runtime, String kind, String... names) {
        this.manager = runtime.manager().newSubManager();
        this.kind = kind;
        for (String name : names) {
            slots.put(name, new ArrayList<>());
        }
    }

    long steps() {
        return steps;
    }

    /**
     * Counts a step. The first one creates the tensors.
     *
     * @param scalars whether the list "step" has scalars instead of tensors of the parameters' shapes
     * @return whether this is the first step
     */
    boolean begin(List<PtNDArray> parameters, List<PtNDArray> gradients, boolean scalars) {
        List<Shape> given = parameters.stream().map(NDArray::getShape).toList();
        if (shapes.isEmpty()) {
            slots.forEach((name, tensors) -> start(tensors, given, scalars && name.equals("step")));
            shapes = given;
        }
        if (!shapes.equals(given) || gradients.size() != given.size()) {
            throw new IllegalArgumentException(
                    "the optimizer's state belongs to " + shapes.size() + " parameters of other shapes");
        }
        return steps++ == 0;
    }

    private void start(List<PtNDArray> tensors, List<Shape> given, boolean scalar) {
        List<Shape> wanted = given.stream().map(s -> scalar ? new Shape() : s).toList();
        if (steps == 0 && tensors.isEmpty()) {
            wanted.forEach(shape -> tensors.add((PtNDArray) manager.zeros(shape)));
        } else if (!tensors.stream().map(NDArray::getShape).toList().equals(wanted)) {
            throw new IllegalArgumentException("the imported state belongs to " + tensors.size()
                    + " parameters of other shapes, not to these " + given.size());
        }
    }

    List<PtNDArray> slot(String name) {
        return java.util.Objects.requireNonNull(slots.get(name));
    }

    byte[] export() {
        List<NamedTensor> tensors = new ArrayList<>();
        slots.forEach((name, values) -> {
            for (int i = 0; i < values.size(); i++) {
                tensors.add(TensorBytes.of(String.format(Locale.ROOT, "%s.%05d", name, i), values.get(i)));
            }
        });
        return Safetensors.write(tensors, Map.of(KIND, kind, STEPS, Long.toString(steps)));
    }

    void restore(byte[] state) {
        Safetensors.File file = Safetensors.read(state);
        if (!kind.equals(file.metadata().get(KIND))) {
            throw new IllegalArgumentException(
                    "this is the state of " + file.metadata().get(KIND) + ", not of " + kind);
        }
        slots.values().forEach(values -> {
            values.forEach(NDArray::close);
            values.clear();
        });
        for (NamedTensor tensor : file.tensors()) {
            String name = tensor.name().substring(0, tensor.name().lastIndexOf('.'));
            slot(name).add(TensorBytes.create(manager, tensor));
        }
        steps = Long.parseLong(file.metadata().getOrDefault(STEPS, "0"));
        shapes = List.of();
    }

    @Override
    public void close() {
        manager.close();
    }
}
