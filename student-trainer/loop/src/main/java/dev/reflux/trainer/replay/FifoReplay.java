package dev.reflux.trainer.replay;

import dev.reflux.trainer.ingest.TrainingSample;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;

/** Keeps the newest samples: a window over the stream. */
public final class FifoReplay implements ReplayBuffer {

    private final int capacity;
    private final List<TrainingSample> oldestFirst = new ArrayList<>();
    private long seen;

    /** @param capacity the largest number of samples; 0 keeps nothing */
    public FifoReplay(int capacity) {
        this.capacity = capacity;
    }

    @Override
    public void offer(TrainingSample sample, RandomGenerator random) {
        seen++;
        oldestFirst.add(sample);
        if (oldestFirst.size() > capacity) {
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
        oldestFirst.addAll(held.subList(Math.max(0, held.size() - capacity), held.size()));
        seen = seenSoFar;
    }
}
