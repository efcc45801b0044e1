package dev.reflux.teacher.pretrain;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageSize;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a model is pre-trained. Two runs of equal settings, frames and threads give the same model bit by bit, interrupted
 * or not.
 *
 * @param epochs passes over the training frames
 * @param batchSize windows a step
 * @param view the size at which the model looks from now on, as its card will say; null: the one that its card says
 * @param window pixels of a training window; null: the view. A window smaller than the frame is cut at random
 * @param optimizer what steps
 * @param learningRate at its highest
 * @param weightDecay of all parameters with more than one dimension (AdamW) or all (SGD)
 * @param warmUpSteps over which the learning rate rises
 * @param power of the polynomial along which it falls to zero
 * @param clipNorm global norm to which gradients are clipped
 * @param classWeights how much each class counts
 * @param lossStride pixels of the window for one cell of the loss, on each axis: logits are brought up to that grid. The
 *     finer, the better thin things are learned; never coarser than the model's logits
 * @param zoom windows are magnified by a factor drawn between 1/zoom and zoom (never showing what is outside of the
 *     frame); 1: not at all
 * @param photometric brightness, contrast and saturation vary by up to this part
 * @param flip whether windows are mirrored half of the time
 * @param emaDecay decay a step of the averaged weights that are scored and saved; 0: the raw weights are
 * @param fromScratch whether parameters are drawn anew first
 * @param evaluateEvery epochs between scores
 * @param checkpointEvery steps between checkpoints
 * @param loaders threads that decode and augment
 * @param seed of parameters, order and augmentation
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

    /** What steps. */
    public enum OptimizerKind {
        /** Decoupled weight decay, β 0.9 and 0.999. */
        ADAMW,
        /** Momentum 0.9. */
        SGD
    }

    /** What {@code reflux pretrain} does when nothing is said. */
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
            throw new UsageException("Pre-training cannot be run so: " + String.join("; ", mistakes) + ".");
        }
    }

    private static void require(List<String> mistakes, boolean holds, String sentence) {
        if (!holds) {
            mistakes.add(sentence);
        }
    }

    /** What a checkpoint must agree on to be continued: everything but pace and bookkeeping. */
    String fingerprint() {
        return "epochs=%d batch=%d window=%s %s lr=%s wd=%s warmUp=%d power=%s clip=%s weights=%s lossStride=%d zoom=%s photometric=%s flip=%s ema=%s scratch=%s seed=%d"
                        .formatted(
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
