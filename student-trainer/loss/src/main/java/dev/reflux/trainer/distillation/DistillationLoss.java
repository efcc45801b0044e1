package dev.reflux.trainer.distillation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.script.LoadedScript;
import dev.reflux.torch.script.ScriptModule;

/**
 * Every method's loss and its gradients in closed form, behind one call: HeteroAKD and its parts, and the rivals that it
 * is measured against.
 *
 * <ol>
 *   <li>No autograd graph is built, no gradient recorded; what is allocated belongs to the given manager.
 *   <li>Label terms, L_kd and L_hakd take no part at ignored pixels and in frames without any label.
 *   <li>Values and gradients are finite for logits of ±80 and beyond.
 * </ol>
 *
 * The training thread only.
 */
public final class DistillationLoss implements AutoCloseable {

    private final LoadedScript script;
    private final HeteroAkdLoss hetero;

    public DistillationLoss(TorchRuntime runtime) {
        this.script =
                ScriptModule.of("Distillation", DistillationScript.METHODS).load(runtime.manager());
        this.hetero = new HeteroAkdLoss(runtime, script);
    }

    /** @param to owner of the gradients */
    public LossTerms of(NDManager to, DistillationMethod method, LossInputs in) {
        if (method instanceof LossSettings settings) {
            return hetero.of(to, settings, in);
        } else if (method instanceof ChannelWise settings) {
            return channelWise(to, settings, in);
        } else if (method instanceof StructuredPairs settings) {
            return structured(to, settings, in);
        }
        throw new IllegalStateException("the interface is sealed");
    }

    private LossTerms channelWise(NDManager to, ChannelWise settings, LossInputs in) {
        LossTerms terms = hetero.of(to, settings.withoutTeacher(), in);
        if (settings.weight() == 0) {
            return terms;
        }
        NDArray own = script.tensors(
                        to,
                        "channel_terms",
                        terms.logitsGradient(),
                        in.student(),
                        in.teacher(),
                        settings.weight(),
                        settings.tau())
                .get(0);
        return terms.withOwn(own.getFloat(), settings.weight());
    }

    private LossTerms structured(NDManager to, StructuredPairs settings, LossInputs in) {
        LossSettings pixels = new LossSettings(
                settings.pixel(), 0, settings.projection(), settings.tau(), KemAxis.PIXELS, true, true, 1);
        LossTerms terms = hetero.of(to, pixels, in);
        if (settings.pair() == 0) {
            return terms;
        }
        NDArray own = script.tensors(
                        to,
                        "pair_terms",
                        terms.projectedGradient(),
                        in.studentProjected(),
                        in.teacherProjected(),
                        settings.pair(),
                        settings.pool())
                .get(0);
        return terms.withOwn(own.getFloat(), settings.pair());
    }

    /**
     * Adds the consistency of DER++ (Buzzega et al., NeurIPS 2020, arXiv 2004.07211, Eq. 6): L_der = mean over remembered
     * frames, classes and cells, labelled or not, of (s − z)², with the gradient 2/(R·C·h·w)·(s − z).
     *
     * @param terms of the same batch; their gradient by s is added to in place
     * @param student s, float [N,C,h,w]
     * @param remembered z, what the student said of R of the frames when they were stored, float [R,C,h,w]
     * @param places which frames those are, int64 [R], each once
     * @param weight α, above 0
     */
    public LossTerms withConsistency(
            NDManager to, LossTerms terms, NDArray student, NDArray remembered, NDArray places, double weight) {
        NDArray own = script.tensors(
                        to, "consistency_terms", terms.logitsGradient(), student, remembered, places, weight)
                .get(0);
        return terms.withConsistency(own.getFloat(), weight);
    }

    @Override
    public void close() {
        hetero.close();
    }
}
