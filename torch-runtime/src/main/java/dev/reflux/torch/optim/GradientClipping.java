package dev.reflux.torch.optim;

import ai.djl.pytorch.engine.PtNDArray;
import dev.reflux.torch.TorchRuntime;
import java.util.List;

/** Bounds the norm of the gradient, all parameters taken as one vector. Runs on the thread that owns the gradients. */
public final class GradientClipping {

    private GradientClipping() {}

    /**
     * Scales gradients down whose joint norm is above the bound, as {@code torch.nn.utils.clip_grad_norm_} does.
     *
     * @param gradients the gradients; changed in place
     * @param maximum the bound, above 0; infinity only measures
     * @return the norm before clipping. If it is not finite, the gradients are not changed, and the step should be skipped
     */
    public static double clipGlobalNorm(TorchRuntime runtime, List<PtNDArray> gradients, double maximum) {
        if (!(maximum > 0)) {
            throw new IllegalArgumentException("gradients cannot be clipped to a norm of " + maximum);
        }
        double norm = runtime.helper().globalNorm(gradients);
        double factor = maximum / (norm + 1e-6);
        if (Double.isFinite(norm) && factor < 1) {
            runtime.helper().scale(gradients, factor);
        }
        return norm;
    }
}
