package dev.reflux.trainer;

import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.kafka.RecordSink;
import dev.reflux.trainer.checkpoint.TrainerState;
import dev.reflux.trainer.fates.FateLog;
import dev.reflux.trainer.ingest.DecodedSample;
import dev.reflux.trainer.ingest.FramePlace;
import dev.reflux.trainer.ingest.SampleDecoder;
import dev.reflux.trainer.ingest.SampleReference;
import dev.reflux.trainer.ingest.TrainingSample;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** What arrives at the training thread from a partition, in the partition's order. Immutable. */
sealed interface PolledSample {

    int partition();

    /** Returns the offset behind it. */
    long nextOffset();

    /** Appends what became of it, once it has had its effect. */
    void tell(FateLog fates);

    /** To be called when it has had its effect. */
    void done();

    /** A record, with the receipt that the training thread signs when the record has had its effect. */
    sealed interface Polled extends PolledSample {

        ConsumerRecord<byte[], byte[]> source();

        RecordSink.Receipt receipt();

        /** Returns the place of the record's frame in the log; null if it is not known. */
        @Nullable
        FramePlace frame();

        /** Returns the place of the record in the log. */
        default SampleReference reference() {
            return new SampleReference(source().partition(), source().offset());
        }

        @Override
        default int partition() {
            return source().partition();
        }

        @Override
        default long nextOffset() {
            return source().offset() + 1;
        }

        @Override
        default void tell(FateLog fates) {
            fates.took(reference(), frame());
        }

        @Override
        default void done() {
            receipt().done();
        }
    }

    /**
     * A record that was decoded into a training sample.
     *
     * @param decoded the sample, and what tells its frame and its label from all others
     */
    record Decoded(ConsumerRecord<byte[], byte[]> source, RecordSink.Receipt receipt, DecodedSample decoded)
            implements Polled {

        TrainingSample sample() {
            return decoded.sample();
        }

        @Override
        public @Nullable FramePlace frame() {
            return sample().source();
        }
    }

    /** A record that cannot be used, with the reason. */
    record Rejected(ConsumerRecord<byte[], byte[]> source, RecordSink.Receipt receipt, RejectedFrameException reason)
            implements Polled {

        @Override
        public @Nullable FramePlace frame() {
            return MessageCodec.frameSourceInSample(source.value())
                    .map(SampleDecoder::place)
                    .orElse(null);
        }
    }

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
        public void tell(FateLog fates) {
            fates.gone(gap.partition(), gap.from(), gap.to() - 1, "RETENTION");
        }

        @Override
        public void done() {}
    }
}
