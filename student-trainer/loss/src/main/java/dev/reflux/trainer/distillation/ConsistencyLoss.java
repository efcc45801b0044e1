package dev.reflux.trainer.distillation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.script.LoadedScript;
import dev.reflux.torch.script.ScriptModule;

/**
 * The consistency term of DER++ (Buzzega et al., NeurIPS 2020, arXiv 2004.07211, Eq. 6): the student's logits s of a
 * replayed frame are drawn towards z, its logits at the time when the frame was stored. L_der is the mean over remembered
 * frames, classes and cells, labeled or not, of (s − z)², with the gradient 2/(R·C·h·w)·(s − z).
 *
 * <p>The training thread only.
 */
public final class ConsistencyLoss implements AutoCloseable {

    /** Adds weight·∂L_der/∂s to g in place, for the frames of s at the given places; returns [L_der]. */
    private static final String CONSISTENCY =
            """
            def consistency_terms(self: Self, g: Tensor, s: Tensor, z: Tensor, places: Tensor, weight: float) -> List[Tensor]:
              diff = torch.contiguous(torch.sub(torch.index_select(s, 0, places), z))
              flat = torch.reshape(diff, [-1])
              values = torch.numel(diff)
              loss = torch.div(torch.dot(flat, flat), values)
              _0 = torch.index_add_(g, 0, places, diff, alpha=torch.div(torch.mul(2., weight), values))
              return [loss]
            """;

    private final LoadedScript script;

    /** @param runtime the runtime on whose device the term computes */
    public ConsistencyLoss(TorchRuntime runtime) {
        this.script = ScriptModule.of("Consistency", CONSISTENCY).load(runtime.manager());
    }

    /**
     * Adds the term to the terms of the same batch.
     *
     * @param to the owner of temporary tensors
     * @param terms the terms so far; the gradient is added to their logits gradient in place
     * @param student s, float [N,C,h,w]
     * @param remembered z of R of the frames, float [R,C,h,w]
     * @param places the places of those frames in the batch, int64 [R], without repetition
     * @param weight α, above 0
     */
    public LossTerms add(
            NDManager to, LossTerms terms, NDArray student, NDArray remembered, NDArray places, double weight) {
        NDArray term = script.tensors(
                        to, "consistency_terms", terms.logitsGradient(), student, remembered, places, weight)
                .get(0);
        return terms.withConsistency(term.getFloat(), weight);
    }

    @Override
    public void close() {
        script.close();
    }
}
