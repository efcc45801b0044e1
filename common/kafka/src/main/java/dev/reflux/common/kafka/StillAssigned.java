package dev.reflux.common.kafka;

import java.util.Collection;
import java.util.List;
import org.apache.kafka.common.TopicPartition;

/**
 * Calls that name partitions of a consumer. A thread of the consumer takes partitions away at any moment, also between the
 * look at the assignment and the call; Kafka then answers with an {@link IllegalStateException}. What such a call wanted
 * no longer matters.
 */
final class StillAssigned {

    /** A call of the consumer with several partitions. */
    @FunctionalInterface
    interface Call {
        void on(Collection<TopicPartition> partitions);
    }

    private StillAssigned() {}

    /** Calls once with all partitions, or one by one if one of them was taken away. */
    static void each(Collection<TopicPartition> partitions, Call call) {
        if (partitions.isEmpty()) {
            return;
        }
        try {
            call.on(partitions);
        } catch (IllegalStateException e) {
            partitions.forEach(partition -> did(() -> call.on(List.of(partition))));
        }
    }

    /**
     * Makes a call that names one partition.
     *
     * @return false if the partition was taken away
     */
    static boolean did(Runnable call) {
        try {
            call.run();
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }
}
