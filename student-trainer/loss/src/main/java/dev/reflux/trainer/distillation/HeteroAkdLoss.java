package dev.reflux.trainer.distillation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.script.LoadedScript;
import dev.reflux.torch.script.ScriptModule;

/**
 * HeteroAKD's loss (Huang et al., AAAI 2025, arXiv 2504.07691, Eq. 5 to 11) with its gradients in closed form: no
 * autograd graph is built for it. Ẑ, S_t and W are constants.
 *
 * <pre>
 * H(Z)      = BCEWithLogits(Z, y)                                  reliability, Eq. 5
 * S_t       = H(Z_s) / (H(Z_t) + H(Z_s) + ε)                       KMM, Eq. 6
 * Ẑ         = S_t ⊙ Z_t + (1 − S_t) ⊙ Z_s                          Eq. 7
 * ΔH        = max(0, H(Z_s) − H(Ẑ))                                KEM, Eq. 8
 * W         = softmax over labelled pixels of (H(Z_s) + ΔH)/τ_kem   Eq. 9, there τ_kem = 1
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
    private final LossLanes lanes;

    public HeteroAkdLoss(TorchRuntime runtime) {
        this(
                runtime,
                ScriptModule.of("Distillation", DistillationScript.METHODS).load(runtime.manager()));
    }

    /** The script is closed with this. */
    HeteroAkdLoss(TorchRuntime runtime, LoadedScript script) {
        this.script = script;
        this.lanes = new LossLanes(runtime);
    }

    /** @param to owner of the gradients */
    public LossTerms of(NDManager to, LossSettings settings, LossInputs in) {
        NDArray logitsGradient = to.create(in.student().getShape());
        double[] logits = logits(to, settings, logitsGradient, in);
        NDArray projectedGradient = to.create(in.studentProjected().getShape());
        double[] projected = projected(to, settings, projectedGradient, in);
        double ce = logits[0];
        double kd = logits[1];
        double bce = projected[0];
        double hakd = projected[1];
        boolean distils = settings.hakd() > 0;
        return new LossTerms(
                logitsGradient,
                projectedGradient,
                ce,
                kd,
                hakd,
                bce,
                0,
                ce + settings.kd() * kd + settings.hakd() * hakd + settings.projection() * bce,
                distils && settings.kmm() ? projected[2] : Double.NaN,
                distils ? projected[3] : Double.NaN);
    }

    private double[] logits(NDManager to, LossSettings settings, NDArray gradient, LossInputs in) {
        Shape shape = in.student().getShape();
        long pixels = shape.get(2) * shape.get(3);
        int cells = lanes.rows(shape.get(1), pixels);
        int parts = Math.toIntExact(shape.get(0) * ((pixels + cells - 1) / cells));
        return lanes.sums(
                parts,
                cells * shape.get(1),
                run -> figures(
                        to,
                        "logits_terms",
                        gradient,
                        in.student(),
                        settings.kd() > 0 ? in.teacher() : in.student(),
                        in.labels(),
                        in.weights() == null ? in.labels() : in.weights(),
                        in.weights() != null,
                        settings.kd(),
                        settings.tau(),
                        cells,
                        run.first(),
                        run.count()));
    }

    private double[] projected(NDManager to, LossSettings settings, NDArray gradient, LossInputs in) {
        Shape shape = in.studentProjected().getShape();
        long pixels = shape.get(2) * shape.get(3);
        boolean byClass = settings.kemAxis() == KemAxis.CLASSES;
        int group = byClass ? (int) shape.get(1) : lanes.rows(pixels, shape.get(1));
        int parts = Math.toIntExact(shape.get(0) * ((shape.get(1) + group - 1) / group));
        return lanes.sums(
                parts,
                group * pixels,
                run -> figures(
                        to,
                        "projected_terms",
                        gradient,
                        in.studentProjected(),
                        settings.hakd() > 0 ? in.teacherProjected() : in.studentProjected(),
                        in.projectedLabels(),
                        settings.hakd(),
                        settings.projection(),
                        settings.tau(),
                        byClass,
                        settings.kmm(),
                        settings.kem(),
                        1 / settings.kemTau(),
                        group,
                        run.first(),
                        run.count()));
    }

    private double[] figures(NDManager to, String method, Object... arguments) {
        try (NDArray figures = script.tensor(to, method, arguments)) {
            float[] values = figures.toFloatArray();
            double[] sums = new double[values.length];
            for (int i = 0; i < values.length; i++) {
                sums[i] = values[i];
            }
            return sums;
        }
    }

    @Override
    public void close() {
        lanes.close();
        script.close();
    }
}
