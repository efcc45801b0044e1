package dev.reflux.trainer.replay;

import dev.reflux.common.failure.UsageException;
import dev.reflux.trainer.ingest.TrainingSample;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A replay policy within a number of bytes. How many samples these are shows when the first sample comes; a larger one later
 * lowers the number again. The policy is always one that was made for this number, so it keeps its statistics: a reservoir
 * stays a uniform sample of the stream.
 *
 * <p>The training thread only.
 */
public final class BoundedReplay implements ReplayBuffer {

    private static final Logger LOG = LoggerFactory.getLogger(BoundedReplay.class);
    private static final double MIB = 1 << 20;

    private final String name;
    private final IntFunction<ReplayBuffer> policy;
    private final long budget;
    private ReplayBuffer held;
    private int capacity;
    private long largest;

    /**
     * Creates an empty buffer.
     *
     * @param name what it holds, for messages
     * @param policy makes an empty buffer of a capacity
     * @param capacity the largest number of samples, 0 or more
     * @param budget the largest number of bytes of all samples
     */
    public BoundedReplay(String name, IntFunction<ReplayBuffer> policy, int capacity, long budget) {
        this.name = name;
        this.policy = policy;
        this.budget = budget;
        this.capacity = capacity;
        this.held = policy.apply(capacity);
    }

    /** Returns the largest number of bytes. */
    public long budget() {
        return budget;
    }

    /** Returns the policy that decides what is held. */
    public ReplayBuffer policy() {
        return held;
    }

    /** Returns the bytes of all samples. */
    public long bytes() {
        return held.samples().stream().mapToLong(TrainingSample::bytes).sum();
    }

    /** @throws UsageException if not even this sample fits */
    @Override
    public void offer(TrainingSample sample, RandomGenerator random) {
        makeRoomFor(sample);
        held.offer(sample, random);
    }

    private void makeRoomFor(TrainingSample sample) {
        long bytes = sample.bytes();
        if (bytes <= largest || capacity == 0) {
            return;
        }
        if (bytes > budget) {
            throw new UsageException(String.format(
                    Locale.ROOT,
                    "A sample of %dx%d takes %.1f MiB, and %s may take %.1f MiB of the heap; raise the memory limit, or"
                            + " send smaller frames.",
                    sample.view().width(),
                    sample.view().height(),
                    bytes / MIB,
                    name,
                    budget / MIB));
        }
        largest = bytes;
        int fits = (int) Math.min(capacity, budget / bytes);
        if (budget < Long.MAX_VALUE) {
            LOG.info(String.format(
                    Locale.ROOT,
                    "A sample of %dx%d takes %.1f MiB: %s holds up to %d of the configured %d samples in %.0f MiB of the heap.",
                    sample.view().width(),
                    sample.view().height(),
                    bytes / MIB,
                    name,
                    fits,
                    capacity,
                    budget / MIB));
        }
        if (fits < capacity) {
            ReplayBuffer smaller = policy.apply(fits);
            smaller.restore(held.samples(), held.seen());
            held = smaller;
            capacity = fits;
        }
    }

    @Override
    public List<TrainingSample> draw(int count, RandomGenerator random) {
        return held.draw(count, random);
    }

    @Override
    public List<TrainingSample> samples() {
        return held.samples();
    }

    @Override
    public long seen() {
        return held.seen();
    }

    @Override
    public void restore(List<TrainingSample> samples, long seenSoFar) {
        samples.forEach(this::makeRoomFor);
        held.restore(samples, seenSoFar);
    }
}
