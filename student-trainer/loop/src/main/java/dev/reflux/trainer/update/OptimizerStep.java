package dev.reflux.trainer.update;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.TrainingStep;
import dev.reflux.torch.model.SegmentationModel;
import dev.reflux.torch.model.TrainableProjectionHead;
import dev.reflux.torch.optim.AdamW;
import dev.reflux.torch.optim.Ema;
import dev.reflux.torch.optim.GradientClipping;
import dev.reflux.torch.optim.LearningRateSchedule;
import dev.reflux.torch.optim.Optimizer;
import dev.reflux.trainer.distillation.LossTerms;
import java.util.ArrayList;
import java.util.List;

/**
 * Forward pass, loss, backward pass, clipping, optimizer and average of the weights. A step whose gradient is not finite, or
 * has a norm above the bound, changes nothing. The training thread only.
 */
final class OptimizerStep implements AutoCloseable {

    private final TorchRuntime runtime;
    private final SegmentationModel student;
    private final TrainableProjectionHead head;
    private final BatchLoss loss;
    private final double clipNorm;
    private final Optimizer optimizer;
    private final LearningRateSchedule schedule;
    private final Ema ema;
    private final BatchNormStatistics statistics;
    private final List<PtNDArray> trained = new ArrayList<>();
    private double learningRateFactor = 1;
    private double largestNorm = Double.POSITIVE_INFINITY;

    OptimizerStep(
            TorchRuntime runtime,
            SegmentationModel student,
            TrainableProjectionHead head,
            BatchLoss loss,
            LearnerSettings settings) {
        this.runtime = runtime;
        this.student = student;
        this.head = head;
        this.loss = loss;
        this.clipNorm = settings.clipNorm();
        this.optimizer = new AdamW(runtime, new AdamW.Settings(0.9, 0.999, settings.weightDecay(), 1e-8, false));
        this.schedule =
                LearningRateSchedule.constant(settings.learningRate()).withWarmUp(settings.learningRateWarmUp());
        this.ema = new Ema(runtime, settings.emaDecay(), student.parametersAndBuffers());
        trained.addAll(student.parameters());
        trained.addAll(head.parameters());
        List<PtNDArray> buffers = new ArrayList<>(student.buffers());
        buffers.addAll(head.buffers());
        this.statistics = new BatchNormStatistics(runtime, buffers);
    }

    Optimizer optimizer() {
        return optimizer;
    }

    Ema ema() {
        return ema;
    }

    /** Scales the learning rate from the next step on; 1 is the configured rate. */
    void scaleLearningRate(double factor) {
        learningRateFactor = factor;
    }

    /** Skips the steps from the next one on whose norm before clipping is larger; infinity skips only what is not finite. */
    void boundGradient(double norm) {
        largestNorm = norm;
    }

    StepReport on(BatchTensors batch, TeacherUse teacher, ScoredFrames scored) {
        Stopwatch watch = new Stopwatch();
        statistics.save();
        try (TrainingStep step = TrainingStep.begin(runtime)) {
            NDManager scratch = step.manager();
            NDArray images = batch.images(scratch, student.card().input());
            double prepare = watch.lap();
            SegmentationModel.Output out = student.forwardTraining(scratch, images);
            NDArray projected = head.forwardTraining(scratch, out.features());
            double forward = watch.lap();
            BatchLoss.Result result =
                    step.unrecorded(() -> loss.of(scratch, teacher, batch, out.logits(), projected, scored));
            LossTerms terms = result.terms();
            double lossTime = watch.lap();
            step.backward(List.of(out.logits(), projected), List.of(terms.logitsGradient(), terms.projectedGradient()));
            List<PtNDArray> gradients = step.gradients(trained);
            double backward = watch.lap();
            double norm = GradientClipping.clipGlobalNorm(runtime, gradients, clipNorm);
            double rate = learningRateFactor * schedule.at(optimizer.steps());
            boolean applied = update(gradients, norm, rate);
            var times = new StepReport.StageTimes(prepare, forward, lossTime, backward, watch.lap());
            return StepReport.of(
                    optimizer.steps(), teacher, terms, result.labeledFraction(), norm, applied, rate, times);
        }
    }

    private boolean update(List<PtNDArray> gradients, double norm, double rate) {
        boolean applied = Double.isFinite(norm) && norm <= largestNorm;
        if (applied) {
            optimizer.step(trained, gradients, rate);
            ema.update();
        } else {
            statistics.takeBack();
        }
        return applied;
    }

    @Override
    public void close() {
        statistics.close();
        ema.close();
        optimizer.close();
    }

    /** Measures the milliseconds from lap to lap. */
    private static final class Stopwatch {
        private long last = System.nanoTime();

        double lap() {
            long now = System.nanoTime();
            double millis = (now - last) / 1e6;
            last = now;
            return millis;
        }
    }
}
