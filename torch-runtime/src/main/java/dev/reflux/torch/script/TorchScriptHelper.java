package dev.reflux.torch.script;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;

/**
 * What DJL's tensors lack, as typed calls into a script that Java wrote: fused optimizer steps, operations over lists of
 * tensors in one call, exact bilinear resizing, cross-entropy with an ignored class. Lists are of equal length, and
 * tensors of one list are on one device.
 *
 * <p>Calls without a manager argument work in place. Results of the calls named {@code …ForTraining} take part in the
 * graph; of the others they do not.
 */
public final class TorchScriptHelper implements AutoCloseable {

    private final LoadedScript script;

    private TorchScriptHelper(LoadedScript script) {
        this.script = script;
    }

    public static TorchScriptHelper load(NDManager manager) {
        return new TorchScriptHelper(
                ScriptModule.of("Helper", HelperSource.METHODS).load(manager));
    }

    /** A script of the caller's own: function definitions as {@link ScriptModule#of} takes them. */
    public static LoadedScript load(NDManager manager, String name, String methodsSource) {
        return ScriptModule.of(name, methodsSource).load(manager);
    }

    /**
     * SGD as {@code torch.optim.SGD}: g ← g + wd·p; m ← g on the first step, else momentum·m + g; p ← p − lr·m (with
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
     * AdamW as {@code torch.optim.AdamW}: p ← p·(1 − lr·wd), then Adam's step with both moments bias-corrected and
     * epsilon outside of the root. Counts {@code steps} up by one itself.
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

    /** Square root of the sum of squares over all tensors; not finite when one value is not. */
    public double globalNorm(List<? extends NDArray> tensors) {
        return tensors.isEmpty() ? 0 : script.number("norm", tensors);
    }

    /** Each tensor times a factor. */
    public void scale(List<? extends NDArray> tensors, double factor) {
        if (!tensors.isEmpty()) {
            script.invoke("scale", tensors, factor);
        }
    }

    /** target ← target + weight·(other − target). */
    public void lerp(List<? extends NDArray> targets, List<? extends NDArray> others, double weight) {
        if (!targets.isEmpty()) {
            script.invoke("lerp", targets, others, weight);
        }
    }

    /** target ← other. */
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

    /** target ← 0. */
    public void zero(List<? extends NDArray> targets) {
        if (!targets.isEmpty()) {
            script.invoke("zero", targets);
        }
    }

    /** Bilinear, half-pixel centres, not antialiased: as {@code F.interpolate(…, align_corners=False)}. */
    public NDArray resize(NDManager to, NDArray nchw, int height, int width) {
        return script.tensor(to, "resize", nchw, (long) height, (long) width);
    }

    /** 1x1 convolution: features [N,F,h,w], weight [C,F,1,1], bias [C] → [N,C,h,w]. */
    public NDArray project(NDManager to, NDArray features, NDArray weight, NDArray bias) {
        return script.tensor(to, "project", features, weight, bias);
    }

    @Override
    public void close() {
        script.close();
    }
}
