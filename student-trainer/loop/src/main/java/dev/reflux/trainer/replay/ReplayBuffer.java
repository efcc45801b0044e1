package dev.reflux.trainer.replay;

import dev.reflux.trainer.ingest.TrainingSample;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Samples that are seen again.
 *
 * <ol>
 *   <li>Never more than its capacity.
 *   <li>What it holds depends on the samples offered and the random numbers drawn, and on nothing else.
 *   <li>{@link #samples()} and {@link #seen()} are its whole state: {@link #restore} makes the same buffer again.
 * </ol>
 */
public sealed interface ReplayBuffer permits ReservoirReplay, FifoReplay, BalancedReplay {

    /** Offers a sample that has just been trained on. */
    void offer(TrainingSample sample, RandomGenerator random);

    /** Draws samples evenly, with repetition; none from an empty buffer. */
    default List<TrainingSample> draw(int count, RandomGenerator random) {
        List<TrainingSample> all = samples();
        return all.isEmpty()
                ? List.of()
                : random.ints(count, 0, all.size()).mapToObj(all::get).toList();
    }

    /** What it holds, in its order. */
    List<TrainingSample> samples();

    /** Samples offered so far. */
    long seen();

    /** @param samples as {@link #samples()} gave them; of a larger buffer, as many as fit */
    void restore(List<TrainingSample> samples, long seen);
}
