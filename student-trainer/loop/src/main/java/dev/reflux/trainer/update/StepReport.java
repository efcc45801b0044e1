package dev.reflux.trainer.update;

import dev.reflux.trainer.distillation.LossTerms;

/**
 * The result of one optimizer step.
 *
 * @param step the step's number, counted from 1
 * @param warmUp whether the teacher's terms were off
 * @param ce the cross-entropy
 * @param kd L_kd before its weight
 * @param hakd L_hakd before its weight
 * @param bce the projection head's own loss
 * @param own the loss method's own term before its weight; 0 if the method has none
 * @param consistency L_der before its weight; 0 if no sample of the batch is remembered
 * @param total the weighted sum
 * @param labeledFraction the fraction of the teaching pixels that have a label, 0..1; the teacher teaches the others alone; NaN if
 *     nothing teaches
 * @param teacherShare the mean of S_t; NaN in the warm-up
 * @param maxWeight the mean of the largest W; NaN in the warm-up
 * @param gradientNorm the global norm before clipping
 * @param applied whether the step changed the student; if not, the norm was not finite or above its bound
 * @param learningRate the learning rate of this step
 * @param times the duration of each stage
 */
public record StepReport(
        long step,
        boolean warmUp,
        double ce,
        double kd,
        double hakd,
        double bce,
        double own,
        double consistency,
        double total,
        double labeledFraction,
        double teacherShare,
        double maxWeight,
        double gradientNorm,
        boolean applied,
        double learningRate,
        StageTimes times) {

    static StepReport of(
            long step,
            TeacherUse teacher,
            LossTerms terms,
            double labeledFraction,
            double gradientNorm,
            boolean applied,
            double learningRate,
            StageTimes times) {
        return new StepReport(
                step,
                teacher != TeacherUse.ALL,
                terms.ce(),
                terms.kd(),
                terms.hakd(),
                terms.bce(),
                terms.own(),
                terms.consistency(),
                terms.total(),
                labeledFraction,
                terms.teacherShare(),
                terms.maxWeight(),
                gradientNorm,
                applied,
                learningRate,
                times);
    }

    /**
     * The milliseconds of a step's stages.
     *
     * @param prepare images to tensors
     * @param forward the student's forward pass
     * @param loss labels and the teacher's logits to tensors, terms and gradients
     * @param backward the backward pass through the student
     * @param update clipping, optimizer and average
     */
    public record StageTimes(double prepare, double forward, double loss, double backward, double update) {

        /** Returns the sum of all stages. */
        public double total() {
            return prepare + forward + loss + backward + update;
        }
    }
}
