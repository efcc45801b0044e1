package dev.reflux.trainer;

/**
 * When what is due.
 *
 * @param newFrames a batch's new frames
 * @param replayedFrames a batch's replayed frames
 * @param updates steps a batch of new frames at most
 * @param goodEnough mIoU of the new frames, 0..1, at which they get no further step; 1: they get them all
 * @param window arrivals of any kind that have their effect together at most; no more than the low water of what
 *     brings them, or a window could wait for arrivals that wait for it
 * @param checkpointEvery trained frames
 * @param publishEvery trained frames
 * @param driftBoost of the learning rate
 */
record Cadence(
        int newFrames,
        int replayedFrames,
        int updates,
        double goodEnough,
        int window,
        int checkpointEvery,
        int publishEvery,
        double driftBoost) {}
