package dev.reflux.trainer.ingest;

import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.Rejection;
import dev.reflux.common.image.ImageCodec;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelMapCodec;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.common.message.DistillationSample;
import dev.reflux.common.message.FrameDomain;
import dev.reflux.common.message.LabeledFrame;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorCodec;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads a record into a sample, or says why not. A trainer is bound to one teacher and projection head: the first it
 * meets, or the one of its checkpoint. Logit spaces of two heads do not mix. Thread-safe.
 */
public final class SampleDecoder {

    private static final int LEAST_VIEW = 16;
    private static final int LARGEST_VIEW = 8192;

    private final LabelSchema schema;
    private final ImageCodec images = ImageCodec.standard();
    private final LabelMapCodec labels = new LabelMapCodec();
    private final AtomicReference<@Nullable TeacherIdentity> bound = new AtomicReference<>();

    /** @param schema the student's classes */
    public SampleDecoder(LabelSchema schema) {
        this.schema = schema;
    }

    /** The teacher that this trainer learns from; null before the first sample. */
    public @Nullable TeacherIdentity teacher() {
        return bound.get();
    }

    public void bind(TeacherIdentity teacher) {
        bound.set(teacher);
    }

    /** @throws RejectedFrameException naming what is wrong with the record */
    public TrainingSample decode(ConsumerRecord<byte[], byte[]> record) throws RejectedFrameException {
        try {
            return read(record);
        } catch (RuntimeException e) {
            // Whatever a strange record does to a decoder, it is that record's problem alone.
            throw new RejectedFrameException(
                    Rejection.MALFORMED_MESSAGE, "The sample could not be read: " + e + ".", e);
        }
    }

    private TrainingSample read(ConsumerRecord<byte[], byte[]> record) throws RejectedFrameException {
        DistillationSample sample = MessageCodec.sample(record.value() == null ? new byte[0] : record.value());
        LabeledFrame frame = sample.getFrame();
        requireSchema(sample);
        ImageSize view = view(sample);
        RgbImage image = images.decode(frame.getImage().toByteArray());
        LabelMap label = labels.decode(frame.getLabel().toByteArray(), schema, image.width(), image.height());
        LogitMap projected = tensor(sample, true);
        LogitMap logits = tensor(sample, false);
        requireTeacher(new TeacherIdentity(sample.getTeacherId(), sample.getProjectionHeadId()));
        return new TrainingSample(
                new SampleReference(record.partition(), record.offset()),
                frame.getFrameId(),
                frame.getCameraId(),
                frame.getCapturedAtMicros(),
                domainOf(frame.getDomain()),
                image,
                label,
                projected,
                logits,
                view);
    }

    /** A size that a network can look at, before anything of that size is made. */
    private static ImageSize view(DistillationSample sample) throws RejectedFrameException {
        int width = sample.getViewWidth();
        int height = sample.getViewHeight();
        if (Math.min(width, height) < LEAST_VIEW || Math.max(width, height) > LARGEST_VIEW) {
            throw new RejectedFrameException(
                    Rejection.MALFORMED_MESSAGE,
                    "The sample is to be looked at as " + Integer.toUnsignedString(width) + "x"
                            + Integer.toUnsignedString(height) + "; each side must be " + LEAST_VIEW + " to "
                            + LARGEST_VIEW + ".");
        }
        return new ImageSize(width, height);
    }

    private void requireSchema(DistillationSample sample) throws RejectedFrameException {
        if (!sample.getLabelSchemaId().equals(schema.id())) {
            throw new RejectedFrameException(
                    Rejection.UNKNOWN_LABEL_SCHEMA,
                    "The sample is labelled by schema \"" + sample.getLabelSchemaId() + "\"; this student's is \""
                            + schema.id() + "\".");
        }
    }

    private void requireTeacher(TeacherIdentity teacher) throws RejectedFrameException {
        TeacherIdentity known = bound.updateAndGet(before -> before == null ? teacher : before);
        if (!teacher.equals(known)) {
            throw new RejectedFrameException(
                    Rejection.WRONG_TEACHER,
                    "The sample comes from " + teacher + "; this student learns from " + known
                            + ": start a new model line for another teacher.");
        }
    }

    private LogitMap tensor(DistillationSample sample, boolean projected) throws RejectedFrameException {
        LogitMap map = TensorCodec.decode(projected ? sample.getProjectedLogits() : sample.getLogits());
        if (map.shape().classes() != schema.classCount()) {
            throw new RejectedFrameException(
                    Rejection.BAD_TENSOR,
                    "A tensor of the sample has " + map.shape().classes() + " classes; schema " + schema.id() + " has "
                            + schema.classCount() + ".");
        }
        return map;
    }

    private static String domainOf(FrameDomain domain) {
        if (!domain.getSequence().isEmpty()) {
            return domain.getSequence();
        }
        String words = (domain.getTimeOfDay() + " " + domain.getWeather()).strip();
        return words.isEmpty() ? "unknown" : words;
    }
}
