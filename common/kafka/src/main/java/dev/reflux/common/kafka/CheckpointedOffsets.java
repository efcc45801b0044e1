package dev.reflux.common.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Offsets that a checkpoint holds, committed to Kafka so that lag can be measured. A commit that fails is logged: the
 * checkpoint decides where reading starts, not Kafka. {@link #set} may be called from any thread, the rest belongs to the
 * loop's thread.
 */
final class CheckpointedOffsets {

    private static final Logger LOG = LoggerFactory.getLogger(CheckpointedOffsets.class);
    private static final long COMMIT_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final AtomicReference<@Nullable Map<TopicPartition, Long>> latest = new AtomicReference<>();
    private long lastCommit = System.nanoTime();

    /** Replaces the offsets to commit next. */
    void set(Map<TopicPartition, Long> nextOffsets) {
        latest.set(Map.copyOf(nextOffsets));
    }

    /** Commits without waiting, once a second at most. */
    void commitWhenDue(Consumer<byte[], byte[]> consumer) {
        if (System.nanoTime() - lastCommit < COMMIT_EVERY_NANOS) {
            return;
        }
        lastCommit = System.nanoTime();
        Map<TopicPartition, OffsetAndMetadata> offsets = take();
        if (!offsets.isEmpty()) {
            consumer.commitAsync(offsets, (committed, error) -> {
                if (error != null && !(error instanceof RebalanceInProgressException)) {
                    LOG.warn("Offsets {} could not be committed: {}", committed, error.getMessage());
                }
            });
        }
    }

    /** Commits what is left, and waits for it. */
    void commitNow(Consumer<byte[], byte[]> consumer, Duration timeout) {
        Map<TopicPartition, OffsetAndMetadata> offsets = take();
        if (!offsets.isEmpty()) {
            consumer.commitSync(offsets, timeout);
        }
    }

    private Map<TopicPartition, OffsetAndMetadata> take() {
        Map<TopicPartition, Long> next = latest.getAndSet(null);
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        if (next != null) {
            next.forEach((partition, offset) -> offsets.put(partition, new OffsetAndMetadata(offset)));
        }
        return offsets;
    }
}
