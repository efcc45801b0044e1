package dev.reflux.teacher.pretrain;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.common.model.ModelCard;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.TrainingStep;
import dev.reflux.torch.image.Augmentation;
import dev.reflux.torch.image.FrameTensors;
import dev.reflux.torch.model.SegmentationModel;
import dev.reflux.torch.optim.AdamW;
import dev.reflux.torch.optim.Ema;
import dev.reflux.torch.optim.GradientClipping;
import dev.reflux.torch.optim.LearningRateSchedule;
import dev.reflux.torch.optim.Optimizer;
import dev.reflux.torch.optim.SgdMomentum;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The updates of a model: forward, loss in closed form, backward, clipped step of the optimizer, average of the weights. One
 * thread.
 */
final class PretrainUpdates implements AutoCloseable {

    private static final double MOMENTUM = 0.9;

    /**
     * The figures of one step.
     *
     * @param loss the loss before the step
     * @param learningRate the learning rate of the step
     * @param gradientNorm the global norm of the gradients before clipping
     */
    record Step(double loss, double learningRate, double gradientNorm) {}

    private final TorchRuntime runtime;
    private final SegmentationModel model;
    private final PretrainSettings settings;
    private final ImageSize window;
    private final WeightedCrossEntropy loss;
    private final Optimizer optimizer;
    private final @Nullable Ema ema;
    private final LearningRateSchedule schedule;
    private final FrameTensors tensors = new FrameTensors();

    /**
     * @param classWeights the weight of each class in the loss
     * @param steps the number of steps of the whole run, for the schedule
     */
    PretrainUpdates(
            TorchRuntime runtime,
            SegmentationModel model,
            float[] classWeights,
            long steps,
            PretrainSettings settings) {
        this.runtime = runtime;
        this.model = model;
        this.settings = settings;
        this.window = window(settings, model.card());
        this.loss = new WeightedCrossEntropy(runtime, classWeights);
        this.optimizer = switch (settings.optimizer()) {
            case ADAMW -> new AdamW(runtime, new AdamW.Settings(0.9, 0.999, settings.weightDecay(), 1e-8, false));
            case SGD -> new SgdMomentum(runtime, new SgdMomentum.Settings(MOMENTUM, settings.weightDecay(), false));
        };
        this.ema =
                settings.emaDecay() == 0 ? null : new Ema(runtime, settings.emaDecay(), model.parametersAndBuffers());
        this.schedule = LearningRateSchedule.poly(settings.learningRate(), steps, settings.power(), 0)
                .withWarmUp(settings.warmUpSteps());
    }

    private static ImageSize window(PretrainSettings settings, ModelCard card) {
        ImageSize view = card.input().size();
        ImageSize window = settings.window();
        if (window == null) {
            return view;
        }
        if (window.width() > view.width() || window.height() > view.height()) {
            throw new UsageException(
                    "A window of " + window + " does not fit into the view of " + view + "; choose a smaller one.");
        }
        return window;
    }

    /** Creates a loader of the examples of the next steps. */
    WindowLoader loader(FrameStore frames, LabelSchema schema) {
        ModelCard card = model.card();
        int stride = Math.min(settings.lossStride(), card.logitsStride());
        return new WindowLoader(frames, schema, card.input().size(), window, stride, settings, steps());
    }

    /** Makes one step. */
    Step step(List<TrainingWindow> windows) {
        List<RgbImage> images = windows.stream().map(TrainingWindow::image).toList();
        List<Augmentation> augmentations =
                windows.stream().map(TrainingWindow::augmentation).toList();
        List<LabelMap> labels = windows.stream().map(TrainingWindow::label).toList();
        double rate = schedule.at(steps());
        try (TrainingStep step = TrainingStep.begin(runtime)) {
            NDArray x =
                    tensors.batch(step.manager(), images, window, model.card().input(), augmentations);
            SegmentationModel.Output output = model.forwardTraining(step.manager(), x);
            WeightedCrossEntropy.Result result =
                    step.unrecorded(() -> loss.apply(step.manager(), output.logits(), labels));
            step.backward(List.of(output.logits()), List.of(result.gradient()));
            List<PtNDArray> parameters = model.parameters();
            List<PtNDArray> gradients = step.gradients(parameters);
            double norm = GradientClipping.clipGlobalNorm(runtime, gradients, settings.clipNorm());
            optimizer.step(parameters, gradients, rate);
            if (ema != null) {
                ema.update();
            }
            return new Step(result.value().getFloat(), rate, norm);
        }
    }

    /** Returns the number of steps so far, over all resumptions. */
    long steps() {
        return optimizer.steps();
    }

    /** Runs an action while the model has its averaged weights, or its raw ones if none are averaged. */
    void withAveragedWeights(Runnable action) {
        if (ema == null || ema.updates() == 0) {
            action.run();
            return;
        }
        try (Ema.Applied averaged = ema.apply()) {
            action.run();
        }
    }

    PretrainCheckpoint checkpoint(String fingerprint, double bestMiou, int bestEpoch) {
        return PretrainCheckpoint.of(fingerprint, steps(), bestMiou, bestEpoch, model, optimizer, ema);
    }

    void restore(PretrainCheckpoint checkpoint) {
        checkpoint.restore(model, optimizer, ema);
    }

    @Override
    public void close() {
        loss.close();
        optimizer.close();
        if (ema != null) {
            ema.close();
        }
    }
}
