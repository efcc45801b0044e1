package dev.reflux.common.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All partitions of a topic, read without a group: where reading begins, and which partitions were added. The
 * loop's thread only.
 */
final class AssignedPartitions {

    private static final Logger LOG = LoggerFactory.getLogger(AssignedPartitions.class);

    private static final long LOOK_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Duration ANSWER_WITHIN = Duration.ofMillis(500);

    private final RecordSource.Assignment source;
    private final RecordSink sink;
    private long lastLook;

    AssignedPartitions(RecordSource.Assignment source, RecordSink sink) {
        this.source = source;
        this.sink = sink;
    }

    /**
     * Assigns the partitions that the topic has and the consumer does not read yet. The consumer learns of them when it
     * refreshes its metadata, so a call costs no request, and it looks once a second at most.
     */
    void assignNew(KafkaConsumer<byte[], byte[]> consumer) {
        Set<TopicPartition> known = consumer.assignment();
        if (!known.isEmpty() && System.nanoTime() - lastLook < LOOK_EVERY_NANOS) {
            return;
        }
        lastLook = System.nanoTime();
        List<TopicPartition> all = all(consumer, known.isEmpty());
        List<TopicPartition> added =
                all.stream().filter(partition -> !known.contains(partition)).toList();
        if (added.isEmpty()) {
            return;
        }
        if (!known.isEmpty()) {
            LOG.info("Topic {} has new partitions, which are read from their beginning: {}", source.topic(), added);
        }
        // A broker that does not know the newest metadata yet may leave out partitions that are read already.
        List<TopicPartition> assigned = new ArrayList<>(known);
        assigned.addAll(added);
        consumer.assign(assigned);
        // Offset 0 and not "the beginning": what retention has removed between the two is to be noticed.
        added.forEach(partition -> consumer.seek(partition, source.nextOffsets().getOrDefault(partition, 0L)));
        sink.assigned(added);
    }

    private List<TopicPartition> all(KafkaConsumer<byte[], byte[]> consumer, boolean first) {
        try {
            List<PartitionInfo> found = first
                    ? consumer.partitionsFor(source.topic())
                    : consumer.partitionsFor(source.topic(), ANSWER_WITHIN);
            return found.stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
        } catch (RetriableException e) {
            if (first) {
                throw e;
            }
            // The topic is deleted or no broker answers: what is read already stays assigned.
            return List.of();
        }
    }
}
