package dev.reflux.trainer.update;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.reflux.common.label.LabelGrid;
import dev.reflux.common.label.LabelMap;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.image.Predictions;
import dev.reflux.trainer.distillation.DistillationLoss;
import dev.reflux.trainer.distillation.DistillationMethod;
import dev.reflux.trainer.distillation.LossInputs;
import dev.reflux.trainer.distillation.LossTerms;
import dev.reflux.trainer.distillation.PixelWeights;
import dev.reflux.trainer.distillation.UnlabeledCells;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The loss of a batch by the student's outputs: brings labels and the teacher's tensors onto the student's grids, scores
 * the new frames by their labels, lets the teacher teach the cells without a label, counts the classes that teach, and
 * computes the terms. The training thread only.
 */
final class BatchLoss implements AutoCloseable {

    private final DistillationMethod method;
    private final LabelGrid projectedLabels;
    private final int classes;
    private final double[] even;
    private final UnlabeledCells unlabeled;
    private final DistillationLoss loss;
    private final ClassBalance balance;
    private final ForwardScore score;
    private final FirstSights sights;
    private final ReplayConsistency consistency;
    private final Predictions predictions = new Predictions();

    BatchLoss(
            TorchRuntime runtime,
            LearnerSettings settings,
            int classes,
            ClassBalance balance,
            ForwardScore score,
            FirstSights sights,
            ReplayConsistency consistency) {
        this.method = settings.loss();
        this.projectedLabels = settings.projectedLabels();
        this.classes = classes;
        this.even = new double[classes];
        Arrays.fill(even, 1);
        this.unlabeled = method.unlabeled();
        this.loss = new DistillationLoss(runtime, method);
        this.balance = balance;
        this.score = score;
        this.sights = sights;
        this.consistency = consistency;
    }

    /**
     * The loss of a batch.
     *
     * @param terms the terms and the gradients by the student's outputs
     * @param labeledFraction the fraction of the teaching pixels that have a label, 0..1; NaN if nothing teaches
     */
    record Result(LossTerms terms, double labeledFraction) {}

    /**
     * Computes the terms and the gradients by the student's outputs.
     *
     * @param logits s, float [N,C,h,w]
     * @param projected Z_s, float [N,C,h',w']
     */
    Result of(
            NDManager scratch,
            TeacherUse teacher,
            BatchTensors batch,
            NDArray logits,
            NDArray projected,
            ScoredFrames scored) {
        List<LabelMap> labels = batch.labels(rows(logits), columns(logits));
        StudentClasses student = new StudentClasses(predictions, logits);
        score.add(student, batch, labels, scored);
        boolean fills = teacher != TeacherUse.NONE && unlabeled.areTaught();
        Taught pixels = fills
                ? Taught.byBoth(labels, () -> batch.said(rows(logits), columns(logits), LabelGrid.NEAREST, classes))
                : Taught.byLabels(labels);
        if (scored.firstStep() && !balance.isEven()) {
            balance.count(pixels.classes().subList(0, scored.count()));
        }
        sights.note(student, batch, scored, balance);
        LossInputs inputs = inputs(scratch, teacher, batch, logits, projected, pixels);
        LossTerms terms = teacher == TeacherUse.ALL ? loss.of(scratch, inputs) : loss.withoutTeacher(scratch, inputs);
        return new Result(consistency.addTo(scratch, terms, batch, logits), pixels.labeledFraction());
    }

    private LossInputs inputs(
            NDManager scratch,
            TeacherUse teacher,
            BatchTensors batch,
            NDArray logits,
            NDArray projected,
            Taught pixels) {
        Taught cells = cells(teacher, batch, projected);
        boolean readsLogits = teacher == TeacherUse.ALL && method.usesLogits();
        boolean readsProjected = teacher == TeacherUse.ALL && method.usesProjected();
        boolean cellsWeigh = cells.filled() > 0 && unlabeled.hakd() != 1;
        return new LossInputs(
                logits,
                readsLogits ? batch.logits(scratch, rows(logits), columns(logits)) : logits,
                batch.ofPixels(scratch, pixels.classes()),
                weights(scratch, batch, pixels),
                projected,
                readsProjected ? batch.projected(scratch, rows(projected), columns(projected)) : projected,
                batch.ofCells(scratch, cells.classes()),
                cellsWeigh
                        ? batch.weights(
                                scratch, new GridWeights(cells.classes(), cells.labels(), even, unlabeled.hakd()))
                        : null);
    }

    private Taught cells(TeacherUse teacher, BatchTensors batch, NDArray projected) {
        int rows = rows(projected);
        int columns = columns(projected);
        List<LabelMap> labels = batch.labels(rows, columns, projectedLabels, classes);
        return teacher != TeacherUse.NONE && unlabeled.hakd() > 0
                ? Taught.byBoth(labels, () -> batch.said(rows, columns, projectedLabels, classes))
                : Taught.byLabels(labels);
    }

    private @Nullable PixelWeights weights(NDManager scratch, BatchTensors batch, Taught pixels) {
        boolean gapsWeigh = pixels.filled() > 0 && (unlabeled.ce() != 1 || unlabeled.kd() != 1);
        if (balance.isEven() && !gapsWeigh) {
            return null;
        }
        double[] ofClasses = balance.weights();
        GridWeights ce = new GridWeights(pixels.classes(), pixels.labels(), ofClasses, unlabeled.ce());
        boolean shared = pixels.filled() == 0 || unlabeled.ce() == unlabeled.kd();
        return batch.weights(
                scratch,
                ce,
                shared ? ce : new GridWeights(pixels.classes(), pixels.labels(), ofClasses, unlabeled.kd()));
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
