package dev.reflux.common.kafka;

import dev.reflux.common.failure.UsageException;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Goes on behind records that retention removed before they were read, and says how many those are. */
final class RemovedRecords {

    private static final Logger LOG = LoggerFactory.getLogger(RemovedRecords.class);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);

    private RemovedRecords() {}

    /**
     * Seeks behind the records that the broker no longer has, and tells the sink which those are. Without an answer of a
     * broker nothing changes, and the next poll fails in the same way.
     *
     * @throws UsageException if a position is behind the end of the log, which is then not the log that was read before
     */
    static void skip(Consumer<byte[], byte[]> consumer, OffsetOutOfRangeException outOfRange, RecordSink sink) {
        Map<TopicPartition, Long> wanted = outOfRange.offsetOutOfRangePartitions();
        Map<TopicPartition, Long> beginnings;
        try {
            beginnings = consumer.beginningOffsets(wanted.keySet(), ANSWER_WITHIN);
        } catch (RetriableException e) {
            return;
        }
        wanted.forEach((partition, position) -> {
            long beginning = beginnings.getOrDefault(partition, 0L);
            if (position >= beginning) {
                throw new UsageException("Offset " + position + " of " + partition
                        + " is not in the log, which was cut or belongs to a topic that was made anew; look at the"
                        + " broker, and start again once it has the log.");
            }
            if (StillAssigned.did(() -> consumer.seek(partition, beginning))) {
                LOG.warn(
                        "{} records of {} (offsets {} to {}) were removed by retention before they were read;"
                                + " give the topic a longer retention, or read faster.",
                        beginning - position,
                        partition,
                        position,
                        beginning - 1);
                sink.removed(partition, position, beginning);
            }
        });
    }
}
