package dev.reflux.trainer.update;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.reflux.common.label.LabelGrid;
import dev.reflux.common.label.LabelMap;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.trainer.distillation.DistillationLoss;
import dev.reflux.trainer.distillation.DistillationMethod;
import dev.reflux.trainer.distillation.LossInputs;
import dev.reflux.trainer.distillation.LossTerms;
import java.util.List;

/**
 * The loss of a batch by the student's outputs: brings labels and the teacher's tensors onto the student's grids, scores
 * the new frames, counts their classes, and computes the terms. The training thread only.
 */
final class BatchLoss implements AutoCloseable {

    private final DistillationMethod method;
    private final LabelGrid projectedLabels;
    private final int classes;
    private final DistillationLoss loss;
    private final ClassBalance balance;
    private final ForwardScore score;
    private final ReplayConsistency consistency;

    BatchLoss(
            TorchRuntime runtime,
            LearnerSettings settings,
            int classes,
            ClassBalance balance,
            ForwardScore score,
            ReplayConsistency consistency) {
        this.method = settings.loss();
        this.projectedLabels = settings.projectedLabels();
        this.classes = classes;
        this.loss = new DistillationLoss(runtime, method);
        this.balance = balance;
        this.score = score;
        this.consistency = consistency;
    }

    /**
     * Computes the terms and the gradients by the student's outputs.
     *
     * @param warmUp whether the teacher's terms are off
     * @param logits s, float [N,C,h,w]
     * @param projected Z_s, float [N,C,h',w']
     */
    LossTerms of(
            NDManager scratch,
            boolean warmUp,
            BatchTensors batch,
            NDArray logits,
            NDArray projected,
            ScoredFrames scored) {
        List<LabelMap> labels = batch.labels(rows(logits), columns(logits));
        score.add(logits, labels, scored);
        if (scored.firstStep() && !balance.isEven()) {
            balance.count(labels.subList(0, scored.count()));
        }
        LossInputs inputs = inputs(scratch, warmUp, batch, logits, projected, labels);
        LossTerms terms = warmUp ? loss.withoutTeacher(scratch, inputs) : loss.of(scratch, inputs);
        return consistency.addTo(scratch, terms, batch, logits);
    }

    private LossInputs inputs(
            NDManager scratch,
            boolean warmUp,
            BatchTensors batch,
            NDArray logits,
            NDArray projected,
            List<LabelMap> labels) {
        List<LabelMap> cells = batch.labels(rows(projected), columns(projected), projectedLabels, classes);
        boolean readsLogits = !warmUp && method.usesLogits();
        boolean readsProjected = !warmUp && method.usesProjected();
        return new LossInputs(
                logits,
                readsLogits ? batch.logits(scratch, rows(logits), columns(logits)) : logits,
                batch.ofPixels(scratch, labels),
                balance.isEven() ? null : batch.weights(scratch, labels, balance),
                projected,
                readsProjected ? batch.projected(scratch, rows(projected), columns(projected)) : projected,
                batch.ofCells(scratch, cells));
    }

    private static int rows(NDArray maps) {
        return (int) maps.getShape().get(2);
    }

    private static int columns(NDArray maps) {
        return (int) maps.getShape().get(3);
    }

    @Override
    public void close() {
        loss.close();
    }
}
