package dev.reflux.torch.optim;

import ai.djl.pytorch.engine.PtNDArray;
import dev.reflux.torch.TorchRuntime;
import java.util.List;

/** Bounds the length of a step's gradient, all parameters taken as one vector. */
public final class GradientClipping {

    private GradientClipping() {}

    /**
     * As {@code torch.nn.utils.clip_grad_norm_}: gradients whose joint norm is over the bound are scaled down to it.
     *
     * @param gradients changed in place
     * @param maximum above 0; infinite measures only
     * @return the norm before clipping. When it is not finite the gradients are left alone: skip the step
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
