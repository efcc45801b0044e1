package dev.reflux.teacher.publish;

import dev.reflux.common.failure.Rejection;
import dev.reflux.teacher.pipeline.Ticket;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * What one consumed record becomes: a sample, or a dead letter.
 *
 * @param rejection null for a sample
 */
record Outgoing(Ticket ticket, ProducerRecord<byte[], byte[]> record, @Nullable Rejection rejection) {

    boolean isSample() {
        return rejection == null;
    }

    int bytes() {
        byte[] value = record.value();
        return value == null ? 0 : value.length;
    }
}
