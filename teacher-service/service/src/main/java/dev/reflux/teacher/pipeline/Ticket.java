package dev.reflux.teacher.pipeline;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * One consumed record on its way through the stages.
 *
 * @param record the record as it was polled
 * @param ownership the number of the assignment under which it was polled, see {@link PartitionOwnership}
 * @param done run exactly once, when the record's transaction is committed or the record is dropped; may be run on any thread
 */
public record Ticket(ConsumerRecord<byte[], byte[]> record, long ownership, Runnable done) {

    /** Returns the partition of the record. */
    public TopicPartition partition() {
        return new TopicPartition(record.topic(), record.partition());
    }
}
