package dev.reflux.fleet.push;

import dev.reflux.common.trace.TraceContext;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * A frame without an acknowledgement yet.
 *
 * @param value the frame
 * @param trace the trace that its record began
 * @param record the record
 * @param receipt completes with the acknowledgement
 */
record SentFrame(
        byte[] value, TraceContext trace, ProducerRecord<byte[], byte[]> record, Future<RecordMetadata> receipt) {

    /** What became of a frame that was sent. */
    enum Outcome {
        DELIVERED,
        /** The brokers never take it. */
        TOO_LARGE,
        /** It was given up because of an earlier one that is too large. */
        GIVEN_UP,
        /** The brokers do not answer. */
        AWAY
    }

    /** Waits for the end of the attempt, and returns whether the brokers have the frame. */
    boolean delivered() {
        try {
            receipt.get();
            return true;
        } catch (ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
