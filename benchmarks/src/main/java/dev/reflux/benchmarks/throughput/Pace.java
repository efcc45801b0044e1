package dev.reflux.benchmarks.throughput;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Measures frames a second between two positions of a stream, so that start-up and the first batches do not count. One
 * thread reports counts, another one waits.
 */
final class Pace {

    private static final long LONGEST_MINUTES = 30;

    private final long from;
    private final long to;
    private final CountDownLatch reached = new CountDownLatch(1);
    private long startCount;
    private long startNanos;
    private double framesPerSecond;

    /**
     * @param from the frame count at which the clock starts
     * @param to the frame count at which the clock stops
     */
    Pace(long from, long to) {
        if (from < 1 || to <= from) {
            throw new IllegalArgumentException("no rate can be measured from frame " + from + " to " + to + " frames");
        }
        this.from = from;
        this.to = to;
    }

    /** Reports the number of frames done so far. */
    synchronized void done(long frames) {
        if (startNanos == 0 && frames >= from) {
            startNanos = System.nanoTime();
            startCount = frames;
        } else if (frames >= to && reached.getCount() > 0) {
            framesPerSecond = (frames - startCount) / ((System.nanoTime() - startNanos) / 1e9);
            reached.countDown();
        }
    }

    /** Reports that the stream has ended. */
    void failed() {
        reached.countDown();
    }

    /** @throws IllegalStateException if the stream ended or stalled before the second position */
    double framesPerSecond() {
        try {
            if (!reached.await(LONGEST_MINUTES, TimeUnit.MINUTES)) {
                throw new IllegalStateException("the stream stalled for " + LONGEST_MINUTES + " minutes");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        synchronized (this) {
            if (!(framesPerSecond > 0)) {
                throw new IllegalStateException("the stream ended early");
            }
            return framesPerSecond;
        }
    }
}
