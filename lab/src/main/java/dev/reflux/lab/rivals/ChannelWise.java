package dev.reflux.lab.rivals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.script.LoadedScript;
import dev.reflux.torch.script.ScriptModule;
import dev.reflux.trainer.distillation.DistillationMethod;
import dev.reflux.trainer.distillation.DistillationTerm;
import dev.reflux.trainer.distillation.LossInputs;
import dev.reflux.trainer.distillation.LossSettings;

/**
 * Channel-wise knowledge distillation (Shu et al., ICCV 2021, arXiv 2011.13256, Eq. 4) on the final logits: each class
 * map is a distribution over all pixels, labeled or not, φ(x_c) = softmax over i of x_ci/τ; L_cwd = τ²/(N·C) · Σ φ(t)·(log φ(t) −
 * log φ(s)), with the gradient τ/(N·C)·(φ(s) − φ(t)).
 *
 * @param weight the weight of L_cwd; 3 in the paper
 * @param tau τ; 4 in the paper
 * @param projection λp
 */
public record ChannelWise(double weight, double tau, double projection) implements DistillationMethod {

    public ChannelWise {
        if (!(weight >= 0) || !(projection >= 0) || !(tau > 0)) {
            throw new IllegalArgumentException("loss weights cannot be negative, and tau must be positive");
        }
    }

    /** Returns the settings of the paper, without a projection head. */
    public static ChannelWise asPublished() {
        return new ChannelWise(3, 4, 0);
    }

    @Override
    public LossSettings builtIn() {
        return LossSettings.labelsOnly(projection);
    }

    @Override
    public DistillationTerm open(TorchRuntime runtime) {
        return weight == 0 ? DistillationTerm.NONE : new Term(runtime);
    }

    @Override
    public boolean usesLogits() {
        return weight > 0;
    }

    @Override
    public boolean usesProjected() {
        return false;
    }

    private final class Term implements DistillationTerm {

        /** Adds weight·∂L_cwd/∂s to g in place; returns [L_cwd]. */
        private static final String CHANNELS =
                """
                def channel_terms(self: Self, g: Tensor, s: Tensor, t: Tensor, weight: float, tau: float) -> List[Tensor]:
                  frames = torch.size(s, 0)
                  scale = torch.div(tau, torch.mul(frames, torch.size(s, 1)))
                  loss = torch.zeros([], dtype=6, device=ops.prim.device(s))
                  for n in range(frames):
                    ls = torch.log_softmax(torch.div(torch.flatten(torch.select(s, 0, n), 1), tau), 1)
                    lt = torch.log_softmax(torch.div(torch.flatten(torch.select(t, 0, n), 1), tau), 1)
                    pt = torch.exp(lt)
                    _0 = torch.add_(loss, torch.sum(torch.mul_(torch.sub_(lt, ls), pt)), alpha=torch.mul(scale, tau))
                    gn = torch.select(g, 0, n)
                    _1 = torch.add_(gn, torch.view(torch.sub_(torch.exp_(ls), pt), torch.size(gn)), alpha=torch.mul(weight, scale))
                  return [loss]
                """;

        private final LoadedScript script;

        Term(TorchRuntime runtime) {
            this.script = ScriptModule.of("ChannelWise", CHANNELS).load(runtime.manager());
        }

        @Override
        public Value add(NDManager to, LossInputs in, NDArray logitsGradient, NDArray projectedGradient) {
            NDArray loss = script.tensors(to, "channel_terms", logitsGradient, in.student(), in.teacher(), weight, tau)
                    .get(0);
            return Value.of(loss.getFloat(), weight);
        }

        @Override
        public void close() {
            script.close();
        }
    }
}
