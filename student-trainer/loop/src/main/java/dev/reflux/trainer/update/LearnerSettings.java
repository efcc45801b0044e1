package dev.reflux.trainer.update;

import dev.reflux.common.label.LabelGrid;
import dev.reflux.trainer.distillation.DistillationMethod;

/**
 * The settings of a learner. Immutable.
 *
 * @param loss the settings of the loss
 * @param warmUpFrames the number of frames at the start that train without the teacher's terms
 * @param learningRate the learning rate of AdamW after its warm-up, above 0
 * @param learningRateWarmUp the number of steps over which the learning rate rises
 * @param weightDecay the weight decay of AdamW, on matrices and kernels
 * @param clipNorm the bound of the gradient's global norm, above 0
 * @param emaDecay the decay per step of the averaged weights, [0, 1)
 * @param photometric the strength of brightness, contrast and saturation changes, 0..1
 * @param flip whether half of the samples are mirrored
 * @param prequentialFading the fading factor per frame of the prequential score, (0, 1]
 * @param consistency α, the weight of the consistency term of DER++; 0 turns it off
 * @param classBalance the exponent of the class weights in CE and L_kd, 0..1; see {@link ClassBalance}
 * @param projectedLabels the resampling of labels to the grid of the projected logits; the grid of the final logits takes
 *     the nearest label
 * @param projectionRelu whether the student's projected logits are cut at zero, as in the paper
 */
public record LearnerSettings(
        DistillationMethod loss,
        long warmUpFrames,
        double learningRate,
        long learningRateWarmUp,
        double weightDecay,
        double clipNorm,
        double emaDecay,
        float photometric,
        boolean flip,
        double prequentialFading,
        double consistency,
        double classBalance,
        LabelGrid projectedLabels,
        boolean projectionRelu) {

    /** Creates settings with the nearest label and a linear projection. */
    public LearnerSettings(
            DistillationMethod loss,
            long warmUpFrames,
            double learningRate,
            long learningRateWarmUp,
            double weightDecay,
            double clipNorm,
            double emaDecay,
            float photometric,
            boolean flip,
            double prequentialFading,
            double consistency,
            double classBalance) {
        this(
                loss,
                warmUpFrames,
                learningRate,
                learningRateWarmUp,
                weightDecay,
                clipNorm,
                emaDecay,
                photometric,
                flip,
                prequentialFading,
                consistency,
                classBalance,
                LabelGrid.NEAREST,
                false);
    }
}
