package dev.reflux.trainer;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.kafka.RecordSink;
import dev.reflux.trainer.ingest.TrainingSample;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A record on its way from the decoding thread to the training thread. Immutable. */
sealed interface PolledSample {

    ConsumerRecord<byte[], byte[]> source();

    /** Returns the receipt that the training thread signs when the record has had its effect. */
    RecordSink.Receipt receipt();

    /** A record that was decoded into a training sample. */
    record Decoded(ConsumerRecord<byte[], byte[]> source, RecordSink.Receipt receipt, TrainingSample sample)
            implements PolledSample {}

    /** A record that cannot be used, with the reason. */
    record Rejected(ConsumerRecord<byte[], byte[]> source, RecordSink.Receipt receipt, RejectedFrameException reason)
            implements PolledSample {}
}
