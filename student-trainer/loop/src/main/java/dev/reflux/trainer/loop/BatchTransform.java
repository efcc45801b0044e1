package dev.reflux.trainer.loop;

import dev.reflux.trainer.ingest.TrainingSample;
import java.util.List;
import java.util.random.RandomGenerator;

/** Changes what a step is given of its samples, such as a crop of each frame. The training thread only. */
@FunctionalInterface
public interface BatchTransform {

    /** The samples as they are. */
    BatchTransform NONE = (batch, random) -> batch;

    /**
     * Returns the samples for one step, in the same order and number.
     *
     * @param batch the new samples, then the replayed ones
     * @param random the source of every random decision
     */
    List<TrainingSample> apply(List<TrainingSample> batch, RandomGenerator random);
}
