package dev.reflux.trainer.replay;

import dev.reflux.trainer.ingest.TrainingSample;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;

/** Reservoir sampling (Vitter 1985): every sample of the whole stream is in the buffer with the same probability. */
public final class ReservoirReplay implements ReplayBuffer {

    private final int capacity;
    private final List<TrainingSample> samples = new ArrayList<>();
    private long seen;

    /** @param capacity the largest number of samples; 0 keeps nothing */
    public ReservoirReplay(int capacity) {
        this.capacity = capacity;
    }

    @Override
    public void offer(TrainingSample sample, RandomGenerator random) {
        seen++;
        if (samples.size() < capacity) {
            samples.add(sample);
            return;
        }
        long place = random.nextLong(seen);
        if (place < capacity) {
            samples.set((int) place, sample);
        }
    }

    @Override
    public List<TrainingSample> samples() {
        return Collections.unmodifiableList(samples);
    }

    @Override
    public long seen() {
        return seen;
    }

    @Override
    public void restore(List<TrainingSample> held, long seenSoFar) {
        samples.clear();
        samples.addAll(held.subList(0, Math.min(capacity, held.size())));
        seen = seenSoFar;
    }
}
