package dev.reflux.trainer;

import dev.reflux.trainer.ingest.SampleReference;
import dev.reflux.trainer.ingest.TrainingSample;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Samples that are read again, in the order in which they were asked for, within a number of bytes. When there are more, the
 * first in this order go: a buffer of an earlier, larger heap is never in memory as a whole. The training thread only.
 */
final class FoundSamples {

    private final Map<SampleReference, Integer> places = new HashMap<>();
    private final TreeMap<Integer, TrainingSample> kept = new TreeMap<>();
    private final long mostBytes;
    private long bytes;
    private int count;

    /**
     * @param wanted the places of the samples, in their order
     * @param mostBytes the largest number of bytes
     */
    FoundSamples(List<SampleReference> wanted, long mostBytes) {
        wanted.forEach(one -> places.put(one, places.size()));
        this.mostBytes = mostBytes;
    }

    void add(TrainingSample sample) {
        kept.put(places.getOrDefault(sample.reference(), 0), sample);
        count++;
        bytes += sample.bytes();
        while (bytes > mostBytes && kept.size() > 1) {
            bytes -= kept.pollFirstEntry().getValue().bytes();
        }
    }

    /** Returns the number of samples found, including those that are not kept. */
    int count() {
        return count;
    }

    List<TrainingSample> samples() {
        return List.copyOf(kept.values());
    }
}
