package dev.reflux.trainer.loop;

import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.replay.ReplayBuffer;
import java.util.List;
import java.util.random.RandomGenerator;

/** Selects the replayed samples of a batch from the buffer. The training thread only. */
@FunctionalInterface
public interface ReplaySelection {

    /** The samples that the buffer draws. */
    ReplaySelection DRAWN = (replay, count, window, framesTrained, random) -> replay.draw(count, random);

    /**
     * Returns the samples to replay; those of another view than the window's are left out of the batch.
     *
     * @param replay the buffer
     * @param count the number of samples that {@link LoopSettings#replayedFrames()} asks for
     * @param window the new samples of the batch
     * @param framesTrained the number of frames trained before this window
     * @param random the source of every random decision
     */
    List<TrainingSample> select(
            ReplayBuffer replay, int count, List<TrainingSample> window, long framesTrained, RandomGenerator random);
}
