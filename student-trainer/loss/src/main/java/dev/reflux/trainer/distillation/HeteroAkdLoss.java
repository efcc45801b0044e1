package dev.reflux.trainer.distillation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.script.LoadedScript;
import dev.reflux.torch.script.ScriptModule;
import org.jspecify.annotations.Nullable;

/**
 * The loss of HeteroAKD (Huang et al., AAAI 2025, arXiv 2504.07691, Eq. 5 to 11) with its gradients in closed form: no
 * autograd graph is built for it. Ẑ, S_t and W are constants.
 *
 * <pre>
 * H(Z)      = BCEWithLogits(Z, y)                                  reliability, Eq. 5
 * S_t       = H(Z_s) / (H(Z_t) + H(Z_s) + ε)                       KMM, Eq. 6
 * Ẑ         = S_t ⊙ Z_t + (1 − S_t) ⊙ Z_s                          Eq. 7
 * ΔH        = max(0, H(Z_s) − H(Ẑ))                                KEM, Eq. 8
 * W         = softmax over pixels with a y of  (H(Z_s) + ΔH)/τ_kem    Eq. 9, there τ_kem = 1
 * L_hakd    = τ²/(N·C) · Σ W ⊙ KL(Bern(σ(Ẑ/τ)) ‖ Bern(σ(Z_s/τ)))    Eq. 10
 * ∂L_hakd/∂Z_s = τ/(N·C) · W ⊙ (σ(Z_s/τ) − σ(Ẑ/τ))
 * ∂L_kd/∂s     = τ/|V| · (softmax(s/τ) − softmax(t/τ))
 * </pre>
 *
 * <p>Here y is the label, or the teacher's most likely class where there is no label. V is the set of pixels with a y. A pixel
 * i may have weights ({@link PixelWeights}): then CE = −Σ a_i·log softmax(s_i)[y_i] / Σ a_i and L_kd = τ²·Σ b_i·KL_i / Σ b_i.
 * A cell of the projected logits may have a weight c_i: then BCE is the mean by c, and the summands of L_hakd are scaled by
 * c. The softmax of W is taken over all cells with a y.
 *
 * <ol>
 *   <li>Pixels without a y, and frames without any, contribute to no term and to no gradient.
 *   <li>Values and gradients are finite for logits of ±80 and beyond.
 *   <li>No gradient is recorded, and tensors are allocated in the given manager only.
 *   <li>When {@link #of} fails, no other thread uses the tensors any more.
 * </ol>
 *
 * The training thread only.
 */
public final class HeteroAkdLoss implements AutoCloseable {

    private final LoadedScript script;
    private final LossLanes lanes;

    /** @param runtime the runtime on whose device and threads the loss computes */
    public HeteroAkdLoss(TorchRuntime runtime) {
        this.script =
                ScriptModule.of("Distillation", DistillationScript.METHODS).load(runtime.manager());
        this.lanes = new LossLanes(runtime);
    }

    /**
     * Computes the terms and their gradients.
     *
     * @param to the owner of the gradients
     * @param settings the weights of the terms
     * @param in the batch
     */
    public LossTerms of(NDManager to, LossSettings settings, LossInputs in) {
        NDArray logitsGradient = to.create(in.student().getShape());
        LogitsTerms logits = logitsTerms(to, settings, logitsGradient, in);
        NDArray projectedGradient = to.create(in.studentProjected().getShape());
        ProjectedTerms projected = projectedTerms(to, settings, projectedGradient, in);
        return LossTerms.of(settings, logitsGradient, projectedGradient, logits, projected);
    }

    private LogitsTerms logitsTerms(NDManager to, LossSettings settings, NDArray gradient, LossInputs in) {
        Shape shape = in.student().getShape();
        long pixels = shape.get(2) * shape.get(3);
        int cells = lanes.rows(shape.get(1), pixels);
        int parts = Math.toIntExact(shape.get(0) * ((pixels + cells - 1) / cells));
        @Nullable PixelWeights weights = in.weights();
        return lanes.sum(
                parts,
                cells * shape.get(1),
                run -> LogitsTerms.of(values(
                        to,
                        "logits_terms",
                        gradient,
                        in.student(),
                        settings.kd() > 0 ? in.teacher() : in.student(),
                        in.labels(),
                        weights == null ? in.labels() : weights.ce(),
                        weights == null ? in.labels() : weights.kd(),
                        weights != null,
                        weights != null && weights.differ() && settings.kd() > 0,
                        settings.kd(),
                        settings.tau(),
                        cells,
                        run.first(),
                        run.count())),
                LogitsTerms::plus);
    }

    private ProjectedTerms projectedTerms(NDManager to, LossSettings settings, NDArray gradient, LossInputs in) {
        Shape shape = in.studentProjected().getShape();
        long pixels = shape.get(2) * shape.get(3);
        boolean byClass = settings.kemAxis() == KemAxis.CLASSES;
        int group = byClass ? (int) shape.get(1) : lanes.rows(pixels, shape.get(1));
        int parts = Math.toIntExact(shape.get(0) * ((shape.get(1) + group - 1) / group));
        @Nullable NDArray weights = in.projectedWeights();
        return lanes.sum(
                parts,
                group * pixels,
                run -> ProjectedTerms.of(values(
                        to,
                        "projected_terms",
                        gradient,
                        in.studentProjected(),
                        settings.hakd() > 0 ? in.teacherProjected() : in.studentProjected(),
                        in.projectedLabels(),
                        weights == null ? in.projectedLabels() : weights,
                        weights != null,
                        settings.hakd(),
                        settings.projection(),
                        settings.tau(),
                        byClass,
                        settings.kmm(),
                        settings.kem(),
                        1 / settings.kemTau(),
                        group,
                        run.first(),
                        run.count())),
                ProjectedTerms::plus);
    }

    private float[] values(NDManager to, String method, Object... arguments) {
        try (NDArray values = script.tensor(to, method, arguments)) {
            return values.toFloatArray();
        }
    }

    @Override
    public void close() {
        lanes.close();
        script.close();
    }
}
