package dev.reflux.teacher.pretrain;

/**
 * How far a pre-training has come.
 *
 * @param step steps done
 * @param steps of the whole run
 * @param epoch the pass that is under way, from 1
 * @param loss of the last step
 * @param learningRate of the last step
 * @param gradientNorm of the last step, before clipping
 * @param millisPerStep mean of the last steps, scoring left out
 * @param secondsLeft at that pace
 */
public record PretrainProgress(
        long step,
        long steps,
        int epoch,
        double loss,
        double learningRate,
        double gradientNorm,
        double millisPerStep,
        long secondsLeft) {}
