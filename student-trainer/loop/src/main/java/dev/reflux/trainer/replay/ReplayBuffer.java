package dev.reflux.trainer.replay;

import dev.reflux.trainer.ingest.TrainingSample;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A replay policy: the samples that are trained on again.
 *
 * <p>Life cycle: {@link ReplayProvider#create} makes an empty buffer when the trainer starts; {@link #restore} follows once
 * if there is a checkpoint. Then {@link #draw} is called for each optimizer step, and {@link #offer} for each new sample of
 * a window after the window's steps. A buffer holds no resources and is not closed.
 *
 * <ol>
 *   <li>The buffer never holds more samples than its capacity.
 *   <li>Its content depends on the offered samples and the drawn random numbers, and on nothing else.
 *   <li>{@link #samples()} and {@link #seen()} are its whole state: {@link #restore} makes the same buffer again.
 * </ol>
 *
 * The training thread only.
 */
public interface ReplayBuffer {

    /**
     * Offers a sample that has just been trained on.
     *
     * @param sample the sample, which the buffer may keep or drop
     * @param random the source of every random decision
     */
    void offer(TrainingSample sample, RandomGenerator random);

    /**
     * Draws samples; the default draws uniformly, with repetition.
     *
     * @param count the number of samples, 0 or more
     * @param random the source of every random decision
     * @return the samples; none if the buffer is empty
     */
    default List<TrainingSample> draw(int count, RandomGenerator random) {
        List<TrainingSample> all = samples();
        return all.isEmpty()
                ? List.of()
                : random.ints(count, 0, all.size()).mapToObj(all::get).toList();
    }

    /** Returns the content in the buffer's own order, as an unmodifiable view. */
    List<TrainingSample> samples();

    /** Returns the number of samples offered so far. */
    long seen();

    /**
     * Replaces the content.
     *
     * @param held a result of {@link #samples()}, possibly of a larger buffer: then as many as fit are kept
     * @param seenSoFar a result of {@link #seen()}
     */
    void restore(List<TrainingSample> held, long seenSoFar);
}
