package dev.reflux.teacher.publish;

import dev.reflux.common.failure.Rejection;
import dev.reflux.common.kafka.DeadLetter;
import dev.reflux.teacher.pipeline.Ticket;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The record that a frame becomes: a sample or a dead letter.
 *
 * @param ticket the consumed record
 * @param record the record to send
 * @param letter the dead letter that the record is; null for a sample
 */
record Outgoing(Ticket ticket, ProducerRecord<byte[], byte[]> record, @Nullable DeadLetter letter) {

    /** Returns the reason of a dead letter; null for a sample. */
    @Nullable
    Rejection rejection() {
        return letter == null ? null : letter.reason();
    }

    /** Returns the size of the value in bytes. */
    int bytes() {
        byte[] value = record.value();
        return value == null ? 0 : value.length;
    }
}
