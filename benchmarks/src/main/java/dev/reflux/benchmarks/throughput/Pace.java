package dev.reflux.benchmarks.throughput;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Frames a second between two marks of a stream: starting up and the first batches do not count. Counts come from any
 * one thread, another one waits.
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
     * @param from frames at which the clock starts
     * @param to frames at which it stops
     */
    Pace(long from, long to) {
        if (from < 1 || to <= from) {
            throw new IllegalArgumentException("no pace can be taken from " + from + " to " + to + " frames");
        }
        this.from = from;
        this.to = to;
    }

    /** So many frames are done by now. */
    synchronized void done(long frames) {
        if (startNanos == 0 && frames >= from) {
            startNanos = System.nanoTime();
            startCount = frames;
        } else if (frames >= to && reached.getCount() > 0) {
            framesPerSecond = (frames - startCount) / ((System.nanoTime() - startNanos) / 1e9);
            reached.countDown();
        }
    }

    /** Nothing more will come. */
    void failed() {
        reached.countDown();
    }

    /** @throws IllegalStateException when the stream ended or stood still before the second mark */
    double framesPerSecond() {
        try {
            if (!reached.await(LONGEST_MINUTES, TimeUnit.MINUTES)) {
                throw new IllegalStateException("the stream stood still for " + LONGEST_MINUTES + " minutes");
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
