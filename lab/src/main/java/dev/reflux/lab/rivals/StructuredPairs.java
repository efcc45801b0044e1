package dev.reflux.lab.rivals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.script.LoadedScript;
import dev.reflux.torch.script.ScriptModule;
import dev.reflux.trainer.distillation.DistillationMethod;
import dev.reflux.trainer.distillation.DistillationTerm;
import dev.reflux.trainer.distillation.KemAxis;
import dev.reflux.trainer.distillation.LossInputs;
import dev.reflux.trainer.distillation.LossSettings;

/**
 * Structured knowledge distillation (Liu et al., CVPR 2019, arXiv 1903.04197), its pixel-wise and its pair-wise part;
 * the holistic, adversarial part is left out. Pixel-wise: L_kd on the final logits. Pair-wise: with f the mean of a
 * pool×pool block of projected logits, a_ij = f_iᵀf_j/(|f_i|·|f_j|), L_pair = 1/(N·P²) · Σ (aˢ_ij − aᵗ_ij)². The paper
 * compares backbone features. Those do not travel; projected logits do, for teacher and student in one space.
 *
 * @param pixel the weight of L_kd; 10 in the paper's code
 * @param pair the weight of L_pair; 1 in the paper's code
 * @param tau the temperature of L_kd
 * @param pool the side of a block in cells, at least 1
 * @param projection λp; above 0, because L_pair has no meaning on an untrained projection head
 */
public record StructuredPairs(double pixel, double pair, double tau, int pool, double projection)
        implements DistillationMethod {

    public StructuredPairs {
        if (!(pixel >= 0) || !(pair >= 0) || !(projection >= 0) || !(tau > 0) || pool < 1) {
            throw new IllegalArgumentException(
                    "loss weights cannot be negative, tau must be positive, and pool at least 1");
        }
    }

    /** Returns the published settings, over blocks of 2 x 2 cells. */
    public static StructuredPairs asPublished() {
        return new StructuredPairs(10, 1, 1, 2, 1);
    }

    @Override
    public LossSettings builtIn() {
        return new LossSettings(pixel, 0, projection, tau, KemAxis.PIXELS, true, true, 1);
    }

    @Override
    public DistillationTerm open(TorchRuntime runtime) {
        return pair == 0 ? DistillationTerm.NONE : new Term(runtime);
    }

    @Override
    public boolean usesLogits() {
        return pixel > 0;
    }

    @Override
    public boolean usesProjected() {
        return pair > 0;
    }

    private final class Term implements DistillationTerm {

        /** Adds weight·∂L_pair/∂z to g in place; returns [L_pair]. */
        private static final String PAIRS =
                """
                def pair_terms(self: Self, g: Tensor, zs: Tensor, zt: Tensor, weight: float, pool: int) -> List[Tensor]:
                  frames = torch.size(zs, 0)
                  loss = torch.zeros([], dtype=6, device=ops.prim.device(zs))
                  for n in range(frames):
                    z = torch.contiguous(torch.unsqueeze(torch.select(zs, 0, n), 0))
                    pooled = torch.avg_pool2d(z, [pool, pool], [pool, pool])
                    fs = torch.flatten(torch.select(pooled, 0, 0), 1)
                    ft = torch.flatten(torch.select(torch.avg_pool2d(torch.unsqueeze(torch.select(zt, 0, n), 0), [pool, pool], [pool, pool]), 0, 0), 1)
                    length = torch.sqrt(torch.sum(torch.mul(fs, fs), [0], True))
                    some = torch.gt(length, 1e-06)
                    norm = torch.clamp_min(length, 1e-06)
                    us = torch.div(fs, norm)
                    ut = torch.div(ft, torch.clamp_min(torch.sqrt(torch.sum(torch.mul(ft, ft), [0], True)), 1e-06))
                    diff = torch.sub_(torch.mm(torch.t(us), us), torch.mm(torch.t(ut), ut))
                    nodes = torch.size(us, 1)
                    scale = torch.div(1., torch.mul(frames, torch.mul(nodes, nodes)))
                    _0 = torch.add_(loss, torch.dot(torch.reshape(diff, [-1]), torch.reshape(diff, [-1])), alpha=scale)
                    du = torch.mul(torch.mm(us, diff), torch.mul(4., torch.mul(scale, weight)))
                    df = torch.div(torch.sub(du, torch.mul(us, torch.sum(torch.mul(us, du), [0], True))), norm)
                    dz = torch.avg_pool2d_backward(torch.view(torch.mul(df, some), torch.size(pooled)), z, [pool, pool], [pool, pool], [0, 0], False, True, None)
                    _1 = torch.add_(torch.select(g, 0, n), torch.select(dz, 0, 0))
                  return [loss]
                """;

        private final LoadedScript script;

        Term(TorchRuntime runtime) {
            this.script = ScriptModule.of("StructuredPairs", PAIRS).load(runtime.manager());
        }

        @Override
        public Value add(NDManager to, LossInputs in, NDArray logitsGradient, NDArray projectedGradient) {
            NDArray loss = script.tensors(
                            to,
                            "pair_terms",
                            projectedGradient,
                            in.studentProjected(),
                            in.teacherProjected(),
                            pair,
                            pool)
                    .get(0);
            return Value.of(loss.getFloat(), pair);
        }

        @Override
        public void close() {
            script.close();
        }
    }
}
