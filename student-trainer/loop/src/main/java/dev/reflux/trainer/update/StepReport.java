package dev.reflux.trainer.update;

/**
 * What one optimizer step did.
 *
 * @param step counted from 1
 * @param warmUp whether the teacher's terms were off
 * @param ce cross-entropy
 * @param kd L_kd before its weight
 * @param hakd L_hakd before its weight
 * @param bce the projection head's own loss
 * @param consistency L_der before its weight; 0 when nothing of the batch is remembered
 * @param total the weighted sum
 * @param teacherShare mean S_t; NaN in the warm-up
 * @param maxWeight mean of the largest W; NaN in the warm-up
 * @param gradientNorm before clipping; not finite: the step was skipped
 * @param learningRate of this step
 * @param times where the time went
 */
public record StepReport(
        long step,
        boolean warmUp,
        double ce,
        double kd,
        double hakd,
        double bce,
        double consistency,
        double total,
        double teacherShare,
        double maxWeight,
        double gradientNorm,
        double learningRate,
        StageTimes times) {

    /**
     * Milliseconds of a step's stages.
     *
     * @param prepare images and labels to tensors
     * @param forward the student's forward pass
     * @param loss terms and gradients
     * @param backward through the student
     * @param update clipping, optimizer, average
     */
    public record StageTimes(double prepare, double forward, double loss, double backward, double update) {

        public double total() {
            return prepare + forward + loss + backward + update;
        }
    }
}
