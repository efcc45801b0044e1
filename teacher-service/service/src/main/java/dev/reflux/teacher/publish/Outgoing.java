package dev.reflux.teacher.publish;

import dev.reflux.common.failure.Rejection;
import dev.reflux.common.kafka.DeadLetter;
import dev.reflux.teacher.pipeline.Ticket;
import dev.reflux.teacher.suspect.OffsetMark;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction has for a consumed record: a sample, a dead letter, or nothing but an offset.
 *
 * @param ticket the consumed record
 * @param record the record to send; null for an offset without a record
 * @param letter the dead letter that the record is; null for a sample
 * @param next the offset to commit
 */
record Outgoing(
        Ticket ticket,
        @Nullable ProducerRecord<byte[], byte[]> record,
        @Nullable DeadLetter letter,
        OffsetAndMetadata next) {

    /** Creates a record that takes the place of the consumed one, which so counts as done. */
    Outgoing(Ticket ticket, ProducerRecord<byte[], byte[]> record, @Nullable DeadLetter letter) {
        this(ticket, record, letter, new OffsetAndMetadata(ticket.record().offset() + 1, OffsetMark.OPEN.metadata()));
    }

    /** Returns a mark at the offset of a record, which so counts as not worked on. */
    static Outgoing mark(Ticket ticket, OffsetMark mark) {
        return new Outgoing(
                ticket, null, null, new OffsetAndMetadata(ticket.record().offset(), mark.metadata()));
    }

    /** Returns the reason of a dead letter; null for a sample. */
    @Nullable
    Rejection rejection() {
        return letter == null ? null : letter.reason();
    }

    /** Returns the size of the value in bytes. */
    int bytes() {
        byte[] value = record == null ? null : record.value();
        return value == null ? 0 : value.length;
    }
}
