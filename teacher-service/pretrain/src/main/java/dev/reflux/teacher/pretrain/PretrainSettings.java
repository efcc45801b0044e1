package dev.reflux.teacher.pretrain;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a pre-training. Two runs with equal settings, frames and threads give the same model bit by bit, interrupted
 * or not.
 *
 * @param epochs the number of passes over the training frames
 * @param batchSize the number of windows in a step
 * @param view the size at which the new model sees frames, in pixels; null: the size in the card of the model
 * @param window the size of a training window in pixels; null: the view. A smaller window is cut out at random
 * @param optimizer the optimizer
 * @param learningRate the highest learning rate
 * @param weightDecay the weight decay: of parameters with more than one dimension (AdamW), of all parameters (SGD)
 * @param warmUpSteps the number of steps in which the learning rate rises
 * @param power the power of the polynomial along which the learning rate falls to zero
 * @param clipNorm the global norm to which gradients are clipped
 * @param classWeights the weights of the classes in the loss
 * @param lossStride the number of pixels of the window for each cell of the loss, on each axis. Logits are upsampled to this
 *     grid; a finer one helps with thin objects. At most the stride of the model's logits takes effect
 * @param zoom the largest magnification of a window, 1..8. The factor is drawn between 1/zoom and zoom, limited by the frame;
 *     1: no magnification
 * @param photometric the largest relative change of brightness, contrast and saturation, 0..1
 * @param flip whether half of the windows are mirrored
 * @param emaDecay the decay in each step of the averaged weights, which are scored and saved; 0: the raw weights are used
 * @param fromScratch whether new parameters are drawn first
 * @param evaluateEvery the number of epochs between scores
 * @param checkpointEvery the number of steps between checkpoints
 * @param loaders the number of threads that decode and augment
 * @param seed the seed of parameters, order and augmentation
 */
public record PretrainSettings(
        int epochs,
        int batchSize,
        @Nullable ImageSize view,
        @Nullable ImageSize window,
        OptimizerKind optimizer,
        double learningRate,
        double weightDecay,
        int warmUpSteps,
        double power,
        double clipNorm,
        ClassWeights classWeights,
        int lossStride,
        double zoom,
        float photometric,
        boolean flip,
        double emaDecay,
        boolean fromScratch,
        int evaluateEvery,
        int checkpointEvery,
        int loaders,
        long seed) {

    /** The optimizers. */
    public enum OptimizerKind {
        /** Adam with decoupled weight decay, β 0.9 and 0.999. */
        ADAMW,
        /** Stochastic gradient descent with momentum 0.9. */
        SGD
    }

    /** The defaults of {@code reflux pretrain}. */
    public static final PretrainSettings DEFAULT = new PretrainSettings(
            40,
            8,
            null,
            null,
            OptimizerKind.ADAMW,
            2e-3,
            1e-2,
            50,
            0.9,
            5,
            ClassWeights.SOFTENED,
            1,
            1.5,
            0.3f,
            true,
            0,
            false,
            5,
            200,
            1,
            1);

    public PretrainSettings {
        List<String> mistakes = new ArrayList<>();
        require(mistakes, epochs >= 1, "epochs must be at least 1");
        require(mistakes, batchSize >= 1, "batch-size must be at least 1");
        require(mistakes, learningRate > 0, "learning-rate must be above 0");
        require(mistakes, weightDecay >= 0, "weight-decay must not be negative");
        require(mistakes, warmUpSteps >= 0, "warm-up must not be negative");
        require(mistakes, power > 0, "power must be above 0");
        require(mistakes, clipNorm > 0, "clip-norm must be above 0");
        require(mistakes, lossStride >= 1, "loss-stride must be at least 1");
        require(mistakes, zoom >= 1 && zoom <= 8, "zoom must be between 1 and 8");
        require(mistakes, photometric >= 0 && photometric <= 1, "photometric must be between 0 and 1");
        require(mistakes, emaDecay >= 0 && emaDecay < 1, "ema-decay must be at least 0 and under 1");
        require(mistakes, evaluateEvery >= 1, "evaluate-every must be at least 1");
        require(mistakes, checkpointEvery >= 1, "checkpoint-every must be at least 1");
        require(mistakes, loaders >= 1, "loaders must be at least 1");
        if (!mistakes.isEmpty()) {
            throw new UsageException(
                    "The settings of the pre-training are out of range: " + String.join("; ", mistakes) + ".");
        }
    }

    private static void require(List<String> mistakes, boolean holds, String sentence) {
        if (!holds) {
            mistakes.add(sentence);
        }
    }

    /** Returns the settings that must be equal to resume a checkpoint: those that have an effect on the model. */
    String fingerprint() {
        return String.format(
                        Locale.ROOT,
                        "epochs=%d batch=%d window=%s %s lr=%s wd=%s warmUp=%d power=%s clip=%s weights=%s lossStride=%d zoom=%s photometric=%s flip=%s ema=%s scratch=%s seed=%d",
                        epochs,
                        batchSize,
                        window,
                        optimizer,
                        learningRate,
                        weightDecay,
                        warmUpSteps,
                        power,
                        clipNorm,
                        classWeights,
                        lossStride,
                        zoom,
                        photometric,
                        flip,
                        emaDecay,
                        fromScratch,
                        seed)
                + (view == null ? "" : " view=" + view);
    }
}
