package dev.reflux.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.List;

/**
 * One training step. Its tensors are freed when it is closed, and no gradient carries over to the next step.
 *
 * <pre>{@code
 * try (TrainingStep step = TrainingStep.begin(runtime)) {
 *     var out = model.forwardTraining(step.manager(), x);            // recorded
 *     step.backward(List.of(out.logits()), List.of(gradient));       // one pass; ends the recording
 *     List<PtNDArray> gradients = step.gradients(model.parameters());
 *     GradientClipping.clipGlobalNorm(runtime, gradients, 1);
 *     optimizer.step(model.parameters(), gradients, learningRate);
 * }
 * }</pre>
 *
 * <ol>
 *   <li>The calling thread records gradients from {@link #begin} to {@link #backward}, and at no other time.
 *   <li>{@link #backward} runs through the graph once, for any number of outputs.
 *   <li>{@link #close} sets the gradients of {@link #gradients} to zero and frees every tensor of {@link #manager()}, also
 *       after an exception. Memory is therefore constant over any number of steps.
 * </ol>
 *
 * <p>Threading: belongs to the thread that began it. A thread has at most one open step.
 */
public final class TrainingStep implements AutoCloseable {

    private final TorchRuntime runtime;
    private final NDManager manager;
    private final List<PtNDArray> taken = new ArrayList<>();

    private TrainingStep(TorchRuntime runtime) {
        this.runtime = runtime;
        this.manager = runtime.manager().newSubManager();
        JniUtils.setGradMode(true);
    }

    /** Begins a step; the calling thread records gradients from now on. */
    public static TrainingStep begin(TorchRuntime runtime) {
        return new TrainingStep(runtime);
    }

    /** Returns the owner of the step's tensors. */
    public NDManager manager() {
        return manager;
    }

    /**
     * Computes the gradients of Σᵢ ⟨outputᵢ, gradientᵢ⟩ with respect to the parameters. Ends the recording.
     *
     * @param outputs results of recorded forwards
     * @param gradients dL/d(output), constants of the same shapes
     */
    public void backward(List<? extends NDArray> outputs, List<? extends NDArray> gradients) {
        if (outputs.isEmpty() || outputs.size() != gradients.size()) {
            throw new IllegalArgumentException(
                    outputs.size() + " outputs cannot take " + gradients.size() + " gradients");
        }
        NDArray sum = null;
        for (int i = 0; i < outputs.size(); i++) {
            NDArray output = outputs.get(i);
            NDArray gradient = gradients.get(i);
            if (!output.getShape().equals(gradient.getShape())) {
                throw new IllegalArgumentException(
                        "an output of " + output.getShape() + " cannot take a gradient of " + gradient.getShape());
            }
            // A graph cannot keep the result of a script that ran outside of it, but it can keep a copy.
            NDArray constant = gradient.duplicate();
            constant.attach(manager);
            NDArray term = output.mul(constant).sum();
            sum = sum == null ? term : sum.add(term);
        }
        backward(java.util.Objects.requireNonNull(sum));
    }

    /**
     * Computes the gradients of a scalar with respect to the parameters. Ends the recording.
     *
     * @param loss a scalar from recorded operations
     */
    public void backward(NDArray loss) {
        loss.attach(manager);
        try (NDArray one = manager.ones(new Shape())) {
            JniUtils.backward((PtNDArray) loss, (PtNDArray) one, false, false);
        } finally {
            JniUtils.setGradMode(false);
        }
    }

    /** Runs a part of the step without recording it, such as a loss in closed form. */
    public <T> T unrecorded(java.util.function.Supplier<T> part) {
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(false);
        try {
            return part.get();
        } finally {
            JniUtils.setGradMode(before);
        }
    }

    /**
     * Returns the gradients after {@link #backward}, in the order of the parameters. The gradient of a parameter that no
     * output depends on is zero. They are live and writable, and set to zero when the step is closed.
     */
    public List<PtNDArray> gradients(List<PtNDArray> parameters) {
        List<PtNDArray> gradients = new ArrayList<>(parameters.size());
        for (PtNDArray parameter : parameters) {
            PtNDArray gradient = JniUtils.getGradient(parameter);
            if (gradient == null) {
                gradient = (PtNDArray) manager.zeros(parameter.getShape());
            } else {
                gradient.attach(manager);
                taken.add(gradient);
            }
            gradients.add(gradient);
        }
        return gradients;
    }

    @Override
    public void close() {
        JniUtils.setGradMode(false);
        try {
            runtime.helper().zero(taken);
        } finally {
            manager.close();
        }
    }
}
