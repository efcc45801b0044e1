package dev.reflux.trainer.replay;

import dev.reflux.common.model.Sha256;
import dev.reflux.trainer.ingest.TrainingSample;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Gives every domain an equal share of the buffer, so that a long day does not displace a short dusk. When the buffer is
 * full, the largest domain loses a sample (class-balancing reservoir sampling, Chrysakis and Moens, ICML 2020, with domains
 * in the place of classes).
 *
 * <p>The lost sample is the one with the smallest hash of its frame id. A domain so keeps the frames with the largest hashes,
 * which are a uniform sample of its frames as long as its share shrinks. No count by domain is needed besides the samples,
 * and the same samples, read again from the log, make the same buffer.
 */
public final class BalancedReplay implements ReplayBuffer {

    private final int capacity;
    private final List<TrainingSample> samples = new ArrayList<>();
    private long seen;

    /** @param capacity the largest number of samples; 0 keeps nothing */
    public BalancedReplay(int capacity) {
        this.capacity = capacity;
    }

    @Override
    public void offer(TrainingSample sample, RandomGenerator random) {
        seen++;
        samples.add(sample);
        while (samples.size() > capacity) {
            samples.remove(dispensable());
        }
    }

    /** Returns the sample with the smallest hash of the largest domain; of equal domains, the one that entered first. */
    private TrainingSample dispensable() {
        Map<String, List<TrainingSample>> byDomain = new LinkedHashMap<>();
        samples.forEach(sample -> byDomain.computeIfAbsent(sample.domain(), d -> new ArrayList<>())
                .add(sample));
        List<TrainingSample> largest = byDomain.values().stream()
                .reduce((a, b) -> b.size() > a.size() ? b : a)
                .orElseThrow();
        return Collections.min(largest, Comparator.comparingLong(BalancedReplay::hash));
    }

    private static long hash(TrainingSample sample) {
        return ByteBuffer.wrap(Sha256.digest().digest(sample.frameId().getBytes(StandardCharsets.UTF_8)))
                .getLong();
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
        samples.addAll(held);
        seen = seenSoFar;
        while (samples.size() > capacity) {
            samples.remove(dispensable());
        }
    }
}
