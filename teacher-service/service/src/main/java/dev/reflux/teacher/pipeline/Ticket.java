package dev.reflux.teacher.pipeline;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * One consumed record on its way through the stages.
 *
 * @param record as it was polled
 * @param ownership the number of the assignment under which it was polled: once the partition is revoked, the record is
 *     somebody else's to work on
 * @param done to be run exactly once, when the record's transaction is committed or the record is dropped; any thread
 */
public record Ticket(ConsumerRecord<byte[], byte[]> record, long ownership, Runnable done) {

    public TopicPartition partition() {
        return new TopicPartition(record.topic(), record.partition());
    }
}
