package dev.reflux.teacher.publish;

import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.Rejection;
import dev.reflux.common.kafka.DeadLetter;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.message.FrameSource;
import dev.reflux.common.trace.LogScope;
import dev.reflux.common.trace.TraceContext;
import dev.reflux.teacher.pipeline.RejectedFrame;
import dev.reflux.teacher.pipeline.StageName;
import dev.reflux.teacher.pipeline.Ticket;
import dev.reflux.teacher.projection.ProjectedBatch;
import dev.reflux.teacher.projection.ProjectedFrame;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates the records of a batch: a sample or a dead letter for each frame, with the key of the frame. Thread-safe. */
final class OutgoingRecords {

    private static final Logger LOG = LoggerFactory.getLogger(OutgoingRecords.class);

    private final SampleEncoder encoder;
    private final Function<ConsumerRecord<?, ?>, FrameSource> places;
    private final int maxRecordBytes;

    /**
     * @param places tells where in the log a frame is
     * @param maxRecordBytes the size of the largest sample that a trainer reads, in bytes
     */
    OutgoingRecords(SampleEncoder encoder, Function<ConsumerRecord<?, ?>, FrameSource> places, int maxRecordBytes) {
        this.encoder = encoder;
        this.places = places;
        this.maxRecordBytes = maxRecordBytes;
    }

    /** Returns the records of a batch in the order of their offsets. */
    List<Outgoing> of(ProjectedBatch batch) {
        List<Outgoing> all = new ArrayList<>(batch.size());
        batch.frames().forEach(frame -> all.add(sample(frame)));
        batch.rejected().forEach(frame -> all.add(deadLetter(frame)));
        all.sort(Comparator.comparingLong(outgoing -> outgoing.ticket().record().offset()));
        return all;
    }

    private Outgoing sample(ProjectedFrame frame) {
        byte[] value;
        try {
            value = encoder.encode(frame, places.apply(frame.ticket().record()));
        } catch (IllegalArgumentException e) {
            return deadLetter(new RejectedFrame(
                    frame.ticket(),
                    StageName.PUBLISH,
                    Rejection.INFERENCE_FAILED,
                    "The sample cannot be encoded: " + e.getMessage() + "."));
        }
        if (value.length > maxRecordBytes) {
            return deadLetter(tooLarge(frame.ticket(), value.length));
        }
        byte[] key = frame.ticket().record().key();
        byte[] camera = key == null ? frame.message().getCameraId().getBytes(StandardCharsets.UTF_8) : key;
        var record = new ProducerRecord<>(Topics.DISTILLATION_SAMPLES, camera, value);
        TraceContext.handOn(frame.ticket().record().headers(), record.headers());
        if (LOG.isDebugEnabled()) {
            logSample(frame, value.length);
        }
        return new Outgoing(frame.ticket(), record, null);
    }

    private static void logSample(ProjectedFrame frame, int bytes) {
        Ticket ticket = frame.ticket();
        try (LogScope scope =
                LogScope.of(ticket.record().headers(), frame.message().getFrameId())) {
            LOG.debug(
                    "Frame at {} offset {} becomes a sample of {} bytes",
                    ticket.partition(),
                    ticket.record().offset(),
                    bytes);
        }
    }

    private RejectedFrame tooLarge(Ticket ticket, int bytes) {
        return new RejectedFrame(
                ticket,
                StageName.PUBLISH,
                Rejection.RECORD_TOO_LARGE,
                "With the teacher's tensors the sample has " + bytes + " bytes, above the limit of " + maxRecordBytes
                        + "; send a smaller frame, or set teacher.tensors.logits-stride to a larger value.");
    }

    private static Outgoing deadLetter(RejectedFrame frame) {
        Ticket ticket = frame.ticket();
        try (LogScope scope = LogScope.of(
                ticket.record().headers(),
                MessageCodec.frameIdIn(ticket.record().value()))) {
            LOG.info(
                    "Frame at {} offset {} is refused by {}: {} {}",
                    ticket.partition(),
                    ticket.record().offset(),
                    frame.stage().label(),
                    frame.reason(),
                    frame.sentence());
        }
        DeadLetter letter = DeadLetter.of(
                ticket.record(), frame.stage().label(), new RejectedFrameException(frame.reason(), frame.sentence()));
        return new Outgoing(ticket, letter.toRecord(), letter);
    }

    /** Returns the replacement of a record that is too large for the broker: a dead letter, or one of origin and reason only. */
    Outgoing refusedByBroker(Outgoing refused) {
        DeadLetter letter = refused.letter();
        if (letter == null) {
            return deadLetter(tooLarge(refused.ticket(), refused.bytes()));
        }
        DeadLetter small = letter.reduced();
        return new Outgoing(refused.ticket(), small.toRecord(), small);
    }
}
