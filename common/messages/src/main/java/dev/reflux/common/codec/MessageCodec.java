package dev.reflux.common.codec;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.Rejection;
import dev.reflux.common.message.DistillationSample;
import dev.reflux.common.message.FrameSource;
import dev.reflux.common.message.LabeledFrame;
import dev.reflux.common.message.StudentVersionPublished;
import dev.reflux.common.message.WantedLabel;
import dev.reflux.common.message.WantedReason;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the services' messages and checks kind, version and required fields. The contents of the fields (pixels, labels,
 * tensors) are checked where they are used. Stateless; any thread.
 */
public final class MessageCodec {

    /** The format version that this build writes and reads. */
    public static final int FORMAT_VERSION = 1;

    /** The largest record that the services send or accept, in bytes. */
    public static final int MAX_RECORD_BYTES = 8 << 20;

    private static final String WANTED = "WantedLabel";

    private MessageCodec() {}

    /**
     * Returns the frame of a record.
     *
     * @param bytes value of the record
     * @throws RejectedFrameException when the record is too large, not a frame, of another version or lacks a field
     */
    public static LabeledFrame frame(byte[] bytes) throws RejectedFrameException {
        requireSize(bytes);
        LabeledFrame frame;
        try {
            frame = LabeledFrame.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw malformed("LabeledFrame", e);
        }
        requireVersion("LabeledFrame", frame.getFormatVersion());
        requireFrame(frame);
        return frame;
    }

    /** Returns the frame id in a frame's record, for log lines; empty where it cannot be read. */
    public static String frameIdIn(byte @Nullable [] bytes) {
        try {
            return bytes == null ? "" : LabeledFrame.parseFrom(bytes).getFrameId();
        } catch (InvalidProtocolBufferException e) {
            return "";
        }
    }

    /** Returns the frame id in a sample's record, for log lines; empty where it cannot be read. */
    public static String frameIdInSample(byte @Nullable [] bytes) {
        try {
            return bytes == null
                    ? ""
                    : DistillationSample.parseFrom(bytes).getFrame().getFrameId();
        } catch (InvalidProtocolBufferException e) {
            return "";
        }
    }

    /** Returns the place of the frame in a sample's record; empty where it cannot be read or is not there. */
    public static Optional<FrameSource> frameSourceInSample(byte @Nullable [] bytes) {
        try {
            DistillationSample sample =
                    bytes == null ? DistillationSample.getDefaultInstance() : DistillationSample.parseFrom(bytes);
            return sample.hasFrameSource() ? Optional.of(sample.getFrameSource()) : Optional.empty();
        } catch (InvalidProtocolBufferException e) {
            return Optional.empty();
        }
    }

    /**
     * Returns the sample of a record.
     *
     * @param bytes value of the record
     * @throws RejectedFrameException when the record is too large, not a sample, of another version or lacks a field
     */
    public static DistillationSample sample(byte[] bytes) throws RejectedFrameException {
        requireSize(bytes);
        DistillationSample sample;
        try {
            sample = DistillationSample.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw malformed("DistillationSample", e);
        }
        requireVersion("DistillationSample", sample.getFormatVersion());
        requireVersion("LabeledFrame", sample.getFrame().getFormatVersion());
        requireFrame(sample.getFrame());
        require("DistillationSample", "teacher_id", sample.getTeacherId());
        require("DistillationSample", "projection_head_id", sample.getProjectionHeadId());
        require("DistillationSample", "label_schema_id", sample.getLabelSchemaId());
        if (!sample.hasLogits() || !sample.hasProjectedLogits()) {
            throw missing("DistillationSample", sample.hasLogits() ? "projected_logits" : "logits");
        }
        if (sample.getViewWidth() < 1 || sample.getViewHeight() < 1) {
            throw missing("DistillationSample", "view_width or view_height");
        }
        return sample;
    }

    /**
     * Returns the announcement of a record.
     *
     * @param bytes value of the record
     * @throws RejectedFrameException when the record is not an announcement, of another version or lacks a field
     */
    public static StudentVersionPublished published(byte[] bytes) throws RejectedFrameException {
        requireSize(bytes);
        StudentVersionPublished published;
        try {
            published = StudentVersionPublished.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw malformed("StudentVersionPublished", e);
        }
        requireVersion("StudentVersionPublished", published.getFormatVersion());
        require("StudentVersionPublished", "model_name", published.getModelName());
        require("StudentVersionPublished", "manifest_object", published.getManifestObject());
        return published;
    }

    /**
     * Returns the wanted label of a record.
     *
     * @param bytes value of the record
     * @throws RejectedFrameException when the record is no wanted label, of another version, lacks a field, or has a score that
     *     is no number from 0 on
     */
    public static WantedLabel wanted(byte[] bytes) throws RejectedFrameException {
        requireSize(bytes);
        WantedLabel wanted;
        try {
            wanted = WantedLabel.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw malformed(WANTED, e);
        }
        requireVersion(WANTED, wanted.getFormatVersion());
        require(WANTED, "model_name", wanted.getModelName());
        require(WANTED, "frame_id", wanted.getFrameId());
        require(WANTED, "camera_id", wanted.getCameraId());
        if (wanted.getWindow() < 1 || wanted.getRank() < 1) {
            throw missing(WANTED, wanted.getWindow() < 1 ? "window" : "rank");
        }
        requireFigure("score", wanted.getScore());
        for (WantedReason reason : wanted.getReasonsList()) {
            require(WANTED, "reason's name", reason.getName());
            requireFigure(reason.getName(), reason.getValue());
        }
        return wanted;
    }

    private static void requireFigure(String name, double value) throws RejectedFrameException {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new RejectedFrameException(
                    Rejection.MALFORMED_MESSAGE,
                    WANTED + " has a " + name + " of " + value + ", which is no number from 0 on.");
        }
    }

    private static void requireFrame(LabeledFrame frame) throws RejectedFrameException {
        require("LabeledFrame", "frame_id", frame.getFrameId());
        require("LabeledFrame", "camera_id", frame.getCameraId());
        require("LabeledFrame", "label_schema_id", frame.getLabelSchemaId());
    }

    private static void requireSize(byte[] bytes) throws RejectedFrameException {
        if (bytes.length > MAX_RECORD_BYTES) {
            throw new RejectedFrameException(
                    Rejection.RECORD_TOO_LARGE,
                    "The record has " + bytes.length + " bytes, over the limit of " + MAX_RECORD_BYTES
                            + "; send the frame smaller or compress it more.");
        }
    }

    private static void requireVersion(String message, int version) throws RejectedFrameException {
        // 0 is what any unrelated bytes parse to: they are no message rather than one of version 0.
        if (version == 0) {
            throw missing(message, "format_version");
        }
        if (version != FORMAT_VERSION) {
            throw new RejectedFrameException(
                    Rejection.UNKNOWN_MESSAGE_VERSION,
                    message + " has format version " + version + "; this build reads version " + FORMAT_VERSION
                            + ": update the service.");
        }
    }

    private static void require(String message, String field, String value) throws RejectedFrameException {
        if (value.isEmpty()) {
            throw missing(message, field);
        }
    }

    private static RejectedFrameException missing(String message, String field) {
        return new RejectedFrameException(Rejection.MALFORMED_MESSAGE, message + " lacks its " + field + ".");
    }

    private static RejectedFrameException malformed(String message, InvalidProtocolBufferException cause) {
        return new RejectedFrameException(
                Rejection.MALFORMED_MESSAGE, "The record is no " + message + ": " + cause.getMessage(), cause);
    }
}
