package dev.reflux.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.List;

/**
 * One training step: everything that it makes is freed when it is closed, and gradients never carry over.
 *
 * <pre>{@code
 * try (TrainingStep step = TrainingStep.begin(runtime)) {
 *     var out = model.forwardTraining(step.manager(), x);            // recorded
 *     step.backward(List.of(out.logits()), List.of(gradient));       // one pass, then recording ends
 *     List<PtNDArray> gradients = step.gradients(model.parameters());
 *     GradientClipping.clipGlobalNorm(runtime, gradients, 1);
 *     optimizer.step(model.parameters(), gradients, learningRate);
 * }
 * }</pre>
 *
 * <ol>
 *   <li>From {@link #begin} to {@link #backward} the calling thread records gradients; at no other time.
 *   <li>{@link #backward} runs through the graph once, whatever the number of outputs.
 *   <li>{@link #close} sets the gradients that were taken to zero and frees every tensor of {@link #manager()}, also
 *       after an exception, so memory is flat over any number of steps.
 * </ol>
 *
 * One thread; one open step a thread.
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

    public static TrainingStep begin(TorchRuntime runtime) {
        return new TrainingStep(runtime);
    }

    /** Owner of the step's tensors. */
    public NDManager manager() {
        return manager;
    }

    /**
     * Sends given gradients back from the outputs: the gradients of Σᵢ ⟨outputᵢ, gradientᵢ⟩ arrive at the parameters.
     * Ends the recording.
     *
     * @param outputs results of recorded forwards
     * @param gradients dL/d(output), same shapes, constants
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
            // What a script has computed outside of a graph may not be remembered by one: the copy may.
            NDArray constant = gradient.duplicate();
            constant.attach(manager);
            NDArray term = output.mul(constant).sum();
            sum = sum == null ? term : sum.add(term);
        }
        backward(java.util.Objects.requireNonNull(sum));
    }

    /** The gradients of a scalar. Ends the recording. */
    public void backward(NDArray loss) {
        loss.attach(manager);
        try (NDArray one = manager.ones(new Shape())) {
            JniUtils.backward((PtNDArray) loss, (PtNDArray) one, false, false);
        } finally {
            JniUtils.setGradMode(false);
        }
    }

    /** Runs a part of the step that is not to be recorded, such as a loss in closed form. */
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
     * The parameters' gradients after {@link #backward}, in their order; zeros for a parameter that no output depends
     * on. Live and writable; they are zero again when the step is closed.
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
