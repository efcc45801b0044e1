package dev.reflux.trainer;

import dev.reflux.trainer.loop.LoopSettings;

/**
 * When the trainer makes steps, checkpoints and versions. Immutable.
 *
 * @param loop the frames and steps of a window
 * @param newFrames the number of new frames that complete a window
 * @param windowCapacity the number of samples of any outcome that complete a window. It is at most the low water of the
 *     poll loop: otherwise a window could wait for samples that are not polled before the window is trained
 * @param checkpointEvery the number of trained frames between two checkpoints
 * @param publishEvery the number of trained frames between two versions
 */
record TrainingSchedule(LoopSettings loop, int newFrames, int windowCapacity, int checkpointEvery, int publishEvery) {}
