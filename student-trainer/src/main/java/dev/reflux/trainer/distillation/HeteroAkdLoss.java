package dev.reflux.trainer.distillation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.script.LoadedScript;
import dev.reflux.torch.script.ScriptModule;
import java.util.List;

/**
 * HeteroAKD's loss (Huang et al., AAAI 2025, arXiv 2504.07691, Eq. 5 to 11) with its gradients in closed form: no
 * autograd graph is built for it. Ẑ, S_t and W are constants.
 *
 * <pre>
 * H(Z)      = BCEWithLogits(Z, y)                                  reliability, Eq. 5
 * S_t       = H(Z_s) / (H(Z_t) + H(Z_s) + ε)                       KMM, Eq. 6
 * Ẑ         = S_t ⊙ Z_t + (1 − S_t) ⊙ Z_s                          Eq. 7
 * ΔH        = max(0, H(Z_s) − H(Ẑ))                                KEM, Eq. 8
 * W         = softmax over labelled pixels of H(Z_s) + ΔH          Eq. 9
 * L_hakd    = τ²/(N·C) · Σ W ⊙ KL(Bern(σ(Ẑ/τ)) ‖ Bern(σ(Z_s/τ)))    Eq. 10
 * ∂L_hakd/∂Z_s = τ/(N·C) · W ⊙ (σ(Z_s/τ) − σ(Ẑ/τ))
 * ∂L_kd/∂s     = τ/|V| · (softmax(s/τ) − softmax(t/τ))
 * </pre>
 *
 * <ol>
 *   <li>Ignored pixels, and frames without any label, have no part in any term or gradient.
 *   <li>Finite for logits of ±80 and beyond.
 *   <li>Records no gradient; allocates in the given manager only.
 * </ol>
 *
 * The training thread only.
 */
public final class HeteroAkdLoss implements AutoCloseable {

    private final LoadedScript script;

    public HeteroAkdLoss(TorchRuntime runtime) {
        this(ScriptModule.of("Distillation", DistillationScript.METHODS).load(runtime.manager()));
    }

    HeteroAkdLoss(LoadedScript script) {
        this.script = script;
    }

    /** {@link #of(NDManager, LossSettings, NDArray, NDArray, NDArray, NDArray, NDArray, NDArray)} of a whole batch. */
    public LossTerms of(NDManager to, LossSettings settings, LossInputs in) {
        return of(
                to,
                settings,
                in.student(),
                in.teacher(),
                in.labels(),
                in.studentProjected(),
                in.teacherProjected(),
                in.projectedLabels());
    }

    /**
     * @param to owner of the gradients
     * @param settings weights and switches
     * @param s student's logits, float [N,C,h,w]
     * @param t teacher's logits on the same grid; not looked at when λ1 is 0
     * @param labels of that grid, uint8 [N,h,w], 255 = ignore
     * @param zs student's projected logits, float [N,C,h',w']
     * @param zt teacher's projected logits on the same grid; not looked at when λ2 is 0
     * @param projectedLabels of that grid, uint8 [N,h',w']
     */
    public LossTerms of(
            NDManager to,
            LossSettings settings,
            NDArray s,
            NDArray t,
            NDArray labels,
            NDArray zs,
            NDArray zt,
            NDArray projectedLabels) {
        List<PtNDArray> logits = script.tensors(to, "logits_terms", s, t, labels, settings.kd(), settings.tau());
        List<PtNDArray> projected = script.tensors(
                to,
                "projected_terms",
                zs,
                zt,
                projectedLabels,
                settings.hakd(),
                settings.projection(),
                settings.tau(),
                settings.kemAxis() == KemAxis.CLASSES,
                settings.kmm(),
                settings.kem());
        double ce = logits.get(1).getFloat();
        double kd = logits.get(2).getFloat();
        double bce = projected.get(1).getFloat();
        double hakd = projected.get(2).getFloat();
        double total = ce + settings.kd() * kd + settings.hakd() * hakd + settings.projection() * bce;
        return new LossTerms(
                logits.get(0),
                projected.get(0),
                ce,
                kd,
                hakd,
                bce,
                total,
                orNaN(projected.get(3)),
                orNaN(projected.get(4)));
    }

    /** The script says −1 for what it did not compute. */
    private static double orNaN(NDArray figure) {
        double value = figure.getFloat();
        return value < 0 ? Double.NaN : value;
    }

    @Override
    public void close() {
        script.close();
    }
}
