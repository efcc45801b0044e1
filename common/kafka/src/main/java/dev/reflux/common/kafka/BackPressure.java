package dev.reflux.common.kafka;

import dev.reflux.common.kafka.RecordSink.Receipt;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Counts the records in flight, and pauses and resumes the consumer's partitions by the count. The count may be read and
 * receipts may be used on any thread; the rest belongs to the loop's thread.
 */
final class BackPressure {

    private final int highWater;
    private final int lowWater;
    private final AtomicInteger inFlight = new AtomicInteger();
    private boolean paused;

    BackPressure(PollSettings settings) {
        this.highWater = settings.highWater();
        this.lowWater = settings.lowWater();
    }

    int inFlight() {
        return inFlight.get();
    }

    boolean paused() {
        return paused;
    }

    /** Counts a record as in flight until its receipt is used. */
    Receipt take() {
        inFlight.incrementAndGet();
        AtomicBoolean open = new AtomicBoolean(true);
        return () -> {
            if (!open.compareAndSet(true, false)) {
                throw new IllegalStateException("a receipt was used twice");
            }
            inFlight.decrementAndGet();
        };
    }

    /**
     * Pauses at the high water and resumes at the low water. A paused consumer pauses new partitions too.
     *
     * @param held partitions that stay paused below the high water
     */
    void apply(Consumer<byte[], byte[]> consumer, Set<TopicPartition> held) {
        int count = inFlight.get();
        if (!paused && count >= highWater) {
            paused = true;
        } else if (paused && count <= lowWater) {
            paused = false;
        }
        Set<TopicPartition> wanted = paused ? consumer.assignment() : held;
        Set<TopicPartition> present = consumer.paused();
        StillAssigned.each(without(present, wanted), consumer::resume);
        StillAssigned.each(without(wanted, present), consumer::pause);
    }

    /** Pauses partitions that were assigned while the consumer was paused. */
    void keepPaused(Consumer<byte[], byte[]> consumer) {
        if (paused) {
            StillAssigned.each(consumer.assignment(), consumer::pause);
        }
    }

    private static Set<TopicPartition> without(Set<TopicPartition> all, Set<TopicPartition> some) {
        Set<TopicPartition> rest = new HashSet<>(all);
        rest.removeAll(some);
        return rest;
    }
}
