package dev.reflux.trainer;

import dev.reflux.evaluation.HoldoutRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Gathers samples until they hold enough new frames for a batch, or until the window is full. All samples of a window take
 * effect together. The training thread only.
 */
final class SampleWindow {

    private final int newFrames;
    private final int capacity;
    private final HoldoutRule rule;
    private final List<PolledSample> samples = new ArrayList<>();
    private int newFramesHeld;
    private long oldestNanos;

    /**
     * @param newFrames the number of new frames that complete a window
     * @param capacity the number of samples of any outcome that complete a window
     * @param rule tells which frames are held out and so do not count as new
     */
    SampleWindow(int newFrames, int capacity, HoldoutRule rule) {
        this.newFrames = newFrames;
        this.capacity = capacity;
        this.rule = rule;
    }

    /** Adds a sample and returns whether the window is complete. */
    boolean add(PolledSample sample) {
        if (samples.isEmpty()) {
            oldestNanos = System.nanoTime();
        }
        samples.add(sample);
        if (sample instanceof PolledSample.Decoded decoded
                && !rule.holdsOut(decoded.sample().cameraId(), decoded.sample().capturedAtMicros())) {
            newFramesHeld++;
        }
        return newFramesHeld == newFrames || samples.size() == capacity;
    }

    int size() {
        return samples.size();
    }

    boolean isEmpty() {
        return samples.isEmpty();
    }

    /** Returns whether the oldest sample has waited for the given time. */
    boolean hasWaited(Duration linger) {
        return !isEmpty() && System.nanoTime() - oldestNanos >= linger.toNanos();
    }

    /** Returns the samples in their order and empties the window. */
    List<PolledSample> take() {
        List<PolledSample> taken = List.copyOf(samples);
        samples.clear();
        newFramesHeld = 0;
        return taken;
    }
}
