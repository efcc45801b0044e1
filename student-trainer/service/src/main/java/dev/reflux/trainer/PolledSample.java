package dev.reflux.trainer;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.kafka.RecordSink;
import dev.reflux.trainer.checkpoint.TrainerState;
import dev.reflux.trainer.ingest.DecodedSample;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What arrives at the training thread from a partition, in the partition's order. Immutable. */
sealed interface PolledSample {

    int partition();

    /** Returns the offset behind it. */
    long nextOffset();

    /** To be called when it has had its effect. */
    void done();

    /** A record, with the receipt that the training thread signs when the record has had its effect. */
    sealed interface Polled extends PolledSample {

        ConsumerRecord<byte[], byte[]> source();

        RecordSink.Receipt receipt();

        @Override
        default int partition() {
            return source().partition();
        }

        @Override
        default long nextOffset() {
            return source().offset() + 1;
        }

        @Override
        default void done() {
            receipt().done();
        }
    }

    /** A record that was decoded into a training sample. */
    record Decoded(ConsumerRecord<byte[], byte[]> source, RecordSink.Receipt receipt, DecodedSample decoded)
            implements Polled {}

    /** A record that cannot be used, with the reason. */
    record Rejected(ConsumerRecord<byte[], byte[]> source, RecordSink.Receipt receipt, RejectedFrameException reason)
            implements Polled {}

    /** Records that retention removed before they could be read. */
    record Removed(TrainerState.Gap gap) implements PolledSample {

        @Override
        public int partition() {
            return gap.partition();
        }

        @Override
        public long nextOffset() {
            return gap.to();
        }

        @Override
        public void done() {}
    }
}
