package dev.reflux.trainer.loop;

/**
 * The settings of the learning loop.
 *
 * @param replayedFrames the number of replayed frames in a batch, 0 or more
 * @param updates the largest number of optimizer steps for a window, at least 1
 * @param goodEnough the mIoU of the window's new frames, 0..1, at which the window gets no further step (JITNet, Mullapudi
 *     et al. 2019); 1 makes all steps, 0 makes one
 */
public record LoopSettings(int replayedFrames, int updates, double goodEnough) {

    public LoopSettings {
        if (replayedFrames < 0 || updates < 1 || !(goodEnough >= 0 && goodEnough <= 1)) {
            throw new IllegalArgumentException(
                    "replayedFrames must be 0 or more, updates at least 1, and goodEnough 0 to 1");
        }
    }

    boolean stopsEarly() {
        return goodEnough < 1;
    }
}
