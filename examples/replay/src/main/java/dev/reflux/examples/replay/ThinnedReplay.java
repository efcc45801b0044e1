package dev.reflux.examples.replay;

import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.replay.ReplayBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;

/** Keeps every n-th sample, the newest ones: a window that reaches back n times as far as one of all samples. */
public final class ThinnedReplay implements ReplayBuffer {

    private final int capacity;
    private final int every;
    private final List<TrainingSample> oldestFirst = new ArrayList<>();
    private long seen;

    /**
     * @param capacity the largest number of samples; 0 keeps nothing
     * @param every the number of samples of which one is kept, at least 1
     */
    public ThinnedReplay(int capacity, int every) {
        this.capacity = capacity;
        this.every = every;
    }

    @Override
    public void offer(TrainingSample sample, RandomGenerator random) {
        if (seen++ % every == 0) {
            oldestFirst.add(sample);
            dropOldest();
        }
    }

    private void dropOldest() {
        while (oldestFirst.size() > capacity) {
            oldestFirst.remove(0);
        }
    }

    @Override
    public List<TrainingSample> samples() {
        return Collections.unmodifiableList(oldestFirst);
    }

    @Override
    public long seen() {
        return seen;
    }

    @Override
    public void restore(List<TrainingSample> held, long seenSoFar) {
        oldestFirst.clear();
        oldestFirst.addAll(held);
        seen = seenSoFar;
        dropOldest();
    }
}
