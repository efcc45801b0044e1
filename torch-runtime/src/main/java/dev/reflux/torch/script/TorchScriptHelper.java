package dev.reflux.torch.script;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;

/**
 * The operations that DJL's tensors lack, as typed calls of a script: fused optimizer steps, operations on lists of tensors
 * in one call, exact bilinear resizing.
 *
 * <ol>
 *   <li>A method without a manager argument changes the tensors of its first list in place.
 *   <li>No result takes part in a graph, and no gradient is recorded.
 *   <li>Lists must have equal length, and the tensors of a list must be on one device. Empty lists are allowed.
 * </ol>
 *
 * <p>Threading: may be called from several threads, with tensors that the calling thread owns.
 */
public final class TorchScriptHelper implements AutoCloseable {

    private final LoadedScript script;

    private TorchScriptHelper(LoadedScript script) {
        this.script = script;
    }

    /** Loads the helper. It lives as long as the manager. */
    public static TorchScriptHelper load(NDManager manager) {
        return new TorchScriptHelper(
                ScriptModule.of("Helper", HelperSource.METHODS).load(manager));
    }

    /** Loads a script of the caller's own, in the form of {@link ScriptModule#of}. */
    public static LoadedScript load(NDManager manager, String name, String methodsSource) {
        return ScriptModule.of(name, methodsSource).load(manager);
    }

    /**
     * Makes a step of SGD as {@code torch.optim.SGD} does: g ← g + wd·p; m ← g on the first step, else momentum·m + g; p ← p − lr·m (with
     * Nesterov: p − lr·(g + momentum·m)).
     */
    public void sgd(
            List<? extends NDArray> parameters,
            List<? extends NDArray> gradients,
            List<? extends NDArray> momenta,
            double learningRate,
            double momentum,
            double weightDecay,
            boolean nesterov,
            boolean first) {
        if (!parameters.isEmpty()) {
            script.invoke("sgd", parameters, gradients, momenta, learningRate, momentum, weightDecay, nesterov, first);
        }
    }

    /**
     * Makes a step of AdamW as {@code torch.optim.AdamW} does: p ← p·(1 − lr·wd), then Adam's step with both moments
     * bias-corrected and epsilon outside of the root. Also changes the moments, and adds one to {@code steps}.
     */
    public void adamw(
            List<? extends NDArray> parameters,
            List<? extends NDArray> gradients,
            List<? extends NDArray> firstMoments,
            List<? extends NDArray> secondMoments,
            List<? extends NDArray> steps,
            double learningRate,
            double beta1,
            double beta2,
            double weightDecay,
            double epsilon) {
        if (!parameters.isEmpty()) {
            script.invoke(
                    "adamw",
                    parameters,
                    gradients,
                    firstMoments,
                    secondMoments,
                    steps,
                    learningRate,
                    beta1,
                    beta2,
                    weightDecay,
                    epsilon);
        }
    }

    /** Returns the square root of the sum of squares over all tensors. It is not finite if one value is not. */
    public double globalNorm(List<? extends NDArray> tensors) {
        return tensors.isEmpty() ? 0 : script.number("norm", tensors);
    }

    /** Multiplies each tensor by a factor. */
    public void scale(List<? extends NDArray> tensors, double factor) {
        if (!tensors.isEmpty()) {
            script.invoke("scale", tensors, factor);
        }
    }

    /** Sets target ← target + weight·(other − target). */
    public void lerp(List<? extends NDArray> targets, List<? extends NDArray> others, double weight) {
        if (!targets.isEmpty()) {
            script.invoke("lerp", targets, others, weight);
        }
    }

    /** Sets target ← other. */
    public void copy(List<? extends NDArray> targets, List<? extends NDArray> others) {
        if (!targets.isEmpty()) {
            script.invoke("copy", targets, others);
        }
    }

    /** Exchanges the contents of both lists. */
    public void swap(List<? extends NDArray> left, List<? extends NDArray> right) {
        if (!left.isEmpty()) {
            script.invoke("swap", left, right);
        }
    }

    /** Sets target ← 0. */
    public void zero(List<? extends NDArray> targets) {
        if (!targets.isEmpty()) {
            script.invoke("zero", targets);
        }
    }

    /**
     * Returns [N,C,height,width], bilinear with half-pixel centers and without antialiasing, as
     * {@code F.interpolate(…, align_corners=False)}.
     *
     * @param nchw float [N,C,H,W]
     */
    public NDArray resize(NDManager to, NDArray nchw, int height, int width) {
        return script.tensor(to, "resize", nchw, (long) height, (long) width);
    }

    /**
     * Returns the 1x1 convolution [N,C,h,w].
     *
     * @param features [N,F,h,w]
     * @param weight [C,F,1,1]
     * @param bias [C]
     */
    public NDArray project(NDManager to, NDArray features, NDArray weight, NDArray bias) {
        return script.tensor(to, "project", features, weight, bias);
    }

    @Override
    public void close() {
        script.close();
    }
}
