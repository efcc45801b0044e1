package dev.reflux.teacher.pipeline;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * One consumed record on its way through the stages.
 *
 * @param record the record as it was polled
 * @param ownership the number of the assignment under which it was polled, see {@link PartitionOwnership}
 * @param handling how the stages work on it
 * @param done run exactly once, when the record's transaction is committed or the record is dropped; may be run on any thread
 */
public record Ticket(ConsumerRecord<byte[], byte[]> record, long ownership, Handling handling, Runnable done) {

    /** Creates the ticket of a record that is worked on together with others. */
    public Ticket(ConsumerRecord<byte[], byte[]> record, long ownership, Runnable done) {
        this(record, ownership, Handling.TOGETHER, done);
    }

    /** Returns a ticket of the same record. */
    public Ticket with(Handling other, Runnable otherDone) {
        return new Ticket(record, ownership, other, otherDone);
    }

    /** Returns the partition of the record. */
    public TopicPartition partition() {
        return new TopicPartition(record.topic(), record.partition());
    }
}
