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
import dev.reflux.common.message.FrameSource;
import dev.reflux.common.message.LabeledFrame;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorCodec;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Decodes messages into training samples. A decoder is bound to one teacher and projection head, because the logit spaces
 * of two projection heads must not be mixed: the one of the checkpoint, or else the one of the first sample.
 *
 * <p>Thread-safe.
 */
public final class SampleDecoder {

    private static final int LEAST_VIEW = 16;
    private static final int LARGEST_VIEW = 8192;

    private final LabelSchema schema;
    private final UnaryOperator<TrainingSample> fit;
    private final ImageCodec images = ImageCodec.standard();
    private final LabelMapCodec labels = new LabelMapCodec();
    private final AtomicReference<@Nullable TeacherIdentity> bound = new AtomicReference<>();

    /**
     * Creates a decoder that the first sample binds to its teacher.
     *
     * @param schema the student's classes
     */
    public SampleDecoder(LabelSchema schema) {
        this(schema, null);
    }

    /**
     * Creates a decoder.
     *
     * @param schema the student's classes
     * @param teacher the teacher that the student learns from; null if the first sample decides
     */
    public SampleDecoder(LabelSchema schema, @Nullable TeacherIdentity teacher) {
        this(schema, teacher, UnaryOperator.identity());
    }

    /**
     * Creates a decoder.
     *
     * @param schema the student's classes
     * @param teacher the teacher that the student learns from; null if the first sample decides
     * @param fit changes the sizes of a decoded sample, whose student looks as its teacher did until then; any thread
     */
    public SampleDecoder(LabelSchema schema, @Nullable TeacherIdentity teacher, UnaryOperator<TrainingSample> fit) {
        this.schema = schema;
        this.fit = fit;
        bound.set(teacher);
    }

    /** Returns the teacher that the student learns from; null before the first sample. */
    public @Nullable TeacherIdentity teacher() {
        return bound.get();
    }

    /**
     * Decodes a message.
     *
     * @param reference the place of the message in the log
     * @param message a serialized {@link DistillationSample}; null is a message without a body
     * @throws RejectedFrameException if the message cannot be used; it names the reason
     */
    public TrainingSample decode(SampleReference reference, byte @Nullable [] message) throws RejectedFrameException {
        return identify(reference, message).sample();
    }

    /**
     * Decodes a message, and tells its frame from all others.
     *
     * @param reference the place of the message in the log
     * @param message a serialized {@link DistillationSample}; null is a message without a body
     * @throws RejectedFrameException if the message cannot be used; it names the reason
     */
    public DecodedSample identify(SampleReference reference, byte @Nullable [] message) throws RejectedFrameException {
        try {
            return read(reference, message == null ? new byte[0] : message);
        } catch (RuntimeException e) {
            // An unexpected failure of a decoder concerns this message alone: the next one must still be read.
            throw new RejectedFrameException(
                    Rejection.MALFORMED_MESSAGE, "The sample could not be read: " + e + ".", e);
        }
    }

    private DecodedSample read(SampleReference reference, byte[] message) throws RejectedFrameException {
        DistillationSample sample = MessageCodec.sample(message);
        LabeledFrame frame = sample.getFrame();
        requireSchema(sample);
        ImageSize teacherView = teacherView(sample);
        byte[] imageFile = frame.getImage().toByteArray();
        byte[] labelFile = frame.getLabel().toByteArray();
        RgbImage image = images.decode(imageFile);
        LabelMap label = labelFile.length == 0
                ? LabelMap.none()
                : labels.decode(labelFile, schema, image.width(), image.height());
        LogitMap projected = tensor(sample, true);
        LogitMap logits = tensor(sample, false);
        requireTeacher(new TeacherIdentity(sample.getTeacherId(), sample.getProjectionHeadId()));
        TrainingSample decoded = new TrainingSample(
                reference,
                frame.getFrameId(),
                frame.getCameraId(),
                frame.getVehicleId(),
                frame.getCapturedAtMicros(),
                domainOf(frame.getDomain()),
                image,
                label,
                projected,
                logits,
                teacherView,
                teacherView,
                sample.hasFrameSource() ? place(sample.getFrameSource()) : null);
        return DecodedSample.of(fit.apply(decoded), imageFile, labelFile);
    }

    /** Returns the place that a sample names. */
    public static FramePlace place(FrameSource source) {
        return new FramePlace(source.getTopic(), source.getTopicId(), source.getPartition(), source.getOffset());
    }

    /** The size at which the teacher looked. A size that a network can look at, before anything of that size is made. */
    private static ImageSize teacherView(DistillationSample sample) throws RejectedFrameException {
        int width = sample.getViewWidth();
        int height = sample.getViewHeight();
        if (Math.min(width, height) < LEAST_VIEW || Math.max(width, height) > LARGEST_VIEW) {
            throw new RejectedFrameException(
                    Rejection.MALFORMED_MESSAGE,
                    "The teacher of the sample is said to have looked at " + Integer.toUnsignedString(width) + "x"
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
