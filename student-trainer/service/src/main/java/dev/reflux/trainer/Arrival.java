package dev.reflux.trainer;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.kafka.RecordSink;
import dev.reflux.trainer.ingest.TrainingSample;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A record on its way from the decoding thread to the training thread. */
sealed interface Arrival {

    ConsumerRecord<byte[], byte[]> source();

    RecordSink.Receipt receipt();

    /** It can teach. */
    record Decoded(ConsumerRecord<byte[], byte[]> source, RecordSink.Receipt receipt, TrainingSample sample)
            implements Arrival {}

    /** It cannot, and why. */
    record Refused(ConsumerRecord<byte[], byte[]> source, RecordSink.Receipt receipt, RejectedFrameException why)
            implements Arrival {}
}
