package dev.reflux.teacher.pretrain;

/**
 * The progress of a pre-training after a step.
 *
 * @param step the number of steps so far
 * @param steps the number of steps of the whole run
 * @param epoch the epoch of the step, counted from 1
 * @param loss the loss before the step
 * @param learningRate the learning rate of the step
 * @param gradientNorm the global norm of the gradients before clipping
 * @param millisPerStep the average duration of the last steps in milliseconds, without scoring
 * @param secondsLeft the estimated time to the end in seconds, without scoring
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
