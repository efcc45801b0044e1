package dev.reflux.trainer.update;

/**
 * What a step's own forward pass is scored for.
 *
 * @param count the number of frames at the beginning of the batch that are scored
 * @param firstStep whether the frames have not been trained on before: then the prequential score and the class counts
 *     include them
 */
record ScoredFrames(int count, boolean firstStep) {}
