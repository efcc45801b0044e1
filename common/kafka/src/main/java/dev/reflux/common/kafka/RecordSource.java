package dev.reflux.common.kafka;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** Where a poll loop's records come from. */
public sealed interface RecordSource {

    /**
     * Partitions that the consumer group assigns and revokes.
     *
     * @param topics topics to subscribe to
     */
    record Subscription(List<String> topics) implements RecordSource {}

    /**
     * All partitions of a topic, without a group. Partitions that are added later are read too, within the time after
     * which the consumer refreshes its metadata.
     *
     * @param topic topic to read
     * @param nextOffsets first offset to read by partition; a partition without one is read from its beginning
     */
    record Assignment(String topic, Map<TopicPartition, Long> nextOffsets) implements RecordSource {}
}
