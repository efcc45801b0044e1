package dev.reflux.trainer.update;

import dev.reflux.common.label.LabelGrid;
import dev.reflux.trainer.distillation.DistillationMethod;

/**
 * How a student learns.
 *
 * @param loss how the teacher teaches: HeteroAKD, or a rival method
 * @param warmUpFrames frames that train without the teacher's terms
 * @param learningRate AdamW's, after its warm-up
 * @param learningRateWarmUp steps over which it rises
 * @param weightDecay AdamW's, on matrices and kernels
 * @param clipNorm bound of the gradient's global norm
 * @param emaDecay of the averaged weights
 * @param photometric strength of brightness, contrast and saturation changes, 0 for none
 * @param flip whether half of the samples are mirrored
 * @param prequentialFading of the test-then-train score
 * @param consistency α, how much what the student said of a replayed sample when it was stored holds it (DER++); 0: nothing
 *     is remembered
 * @param classBalance 0..1, how far classes that are rare in the stream weigh more in CE and L_kd; see {@link ClassBalance}
 * @param projectedLabels how labels reach the grid of the projected logits; the final logits' grid takes the nearest
 * @param projectionRelu whether the student's projected logits are cut at zero, as the paper prints it
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

    /** With the nearest label and a linear projection. */
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
