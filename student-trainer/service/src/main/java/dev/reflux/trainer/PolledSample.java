package dev.reflux.trainer;

import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.kafka.RecordSink;
import dev.reflux.trainer.ingest.FramePlace;
import dev.reflux.trainer.ingest.SampleDecoder;
import dev.reflux.trainer.ingest.SampleReference;
import dev.reflux.trainer.ingest.TrainingSample;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** A record on its way from the decoding thread to the training thread. Immutable. */
sealed interface PolledSample {

    ConsumerRecord<byte[], byte[]> source();

    /** Returns the receipt that the training thread signs when the record has had its effect. */
    RecordSink.Receipt receipt();

    /** Returns the place of the record in the log. */
    default SampleReference reference() {
        return new SampleReference(source().partition(), source().offset());
    }

    /** Returns the place of the record's frame in the log; null if it is not known. */
    @Nullable
    FramePlace frame();

    /** A record that was decoded into a training sample. */
    record Decoded(ConsumerRecord<byte[], byte[]> source, RecordSink.Receipt receipt, TrainingSample sample)
            implements PolledSample {

        @Override
        public @Nullable FramePlace frame() {
            return sample.source();
        }
    }

    /** A record that cannot be used, with the reason. */
    record Rejected(ConsumerRecord<byte[], byte[]> source, RecordSink.Receipt receipt, RejectedFrameException reason)
            implements PolledSample {

        @Override
        public @Nullable FramePlace frame() {
            return MessageCodec.frameSourceInSample(source.value())
                    .map(SampleDecoder::place)
                    .orElse(null);
        }
    }
}
