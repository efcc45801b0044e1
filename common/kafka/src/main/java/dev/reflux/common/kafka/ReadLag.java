package dev.reflux.common.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;

/**
 * The number of records between position and end of each assigned partition. The consumer itself knows the end as of the
 * last fetch, and it fetches nothing while it is paused or has records left; so the brokers are asked once a second. The
 * end is that of committed records, and a position behind the last record counts no marker of a transaction. The loop's
 * thread only.
 */
final class ReadLag {

    private static final long ASK_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long ASK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final Duration ANSWER_WITHIN = Duration.ofMillis(500);

    private Map<TopicPartition, Long> ends = Map.of();
    private long askAt = System.nanoTime();

    /** Returns the lag of each assigned partition; 0 where it is not known yet. */
    Map<TopicPartition, Long> of(Consumer<byte[], byte[]> consumer) {
        Set<TopicPartition> assigned = consumer.assignment();
        if (System.nanoTime() - askAt >= 0 || !ends.keySet().containsAll(assigned)) {
            ask(consumer, assigned);
        }
        Map<TopicPartition, Long> lag = new HashMap<>();
        assigned.forEach(partition -> lag.put(partition, of(consumer, partition)));
        return Map.copyOf(lag);
    }

    private void ask(Consumer<byte[], byte[]> consumer, Set<TopicPartition> assigned) {
        try {
            ends = assigned.isEmpty() ? Map.of() : consumer.endOffsets(assigned, ANSWER_WITHIN);
            askAt = System.nanoTime() + ASK_EVERY_NANOS;
        } catch (RetriableException e) {
            Map<TopicPartition, Long> known = new HashMap<>(ends);
            assigned.forEach(partition -> known.putIfAbsent(partition, 0L));
            ends = known;
            askAt = System.nanoTime() + ASK_AGAIN_NANOS;
        }
    }

    private long of(Consumer<byte[], byte[]> consumer, TopicPartition partition) {
        try {
            long position = consumer.position(partition, Duration.ZERO);
            long fetched = consumer.currentLag(partition).orElse(0);
            return Math.max(fetched, ends.getOrDefault(partition, 0L) - position);
        } catch (RetriableException | InvalidOffsetException | IllegalStateException e) {
            // There is no position yet, which is the matter of the next poll, or a rebalance has just taken the
            // partition away.
            return 0;
        }
    }
}
