package dev.reflux.teacher.publish;

import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.message.DistillationSample;
import dev.reflux.common.message.FrameSource;
import dev.reflux.common.message.TensorType;
import dev.reflux.common.tensor.TensorCodec;
import dev.reflux.teacher.projection.ProjectedFrame;

/**
 * Encodes samples: the frame as it was received, and both tensors. Stateless and thread-safe.
 *
 * @param teacherId the name in the teacher's card
 * @param projectionHeadId the id of the projection head
 * @param labelSchemaId the id of the label schema of teacher and head
 * @param view the size at which the teacher sees the frame, in pixels
 * @param type the number format of both tensors
 */
public record SampleEncoder(
        String teacherId, String projectionHeadId, String labelSchemaId, ImageSize view, TensorType type) {

    /**
     * Returns the bytes of a {@code DistillationSample}.
     *
     * @throws IllegalArgumentException if a tensor cannot be encoded
     */
    public byte[] encode(ProjectedFrame frame) {
        return message(frame).build().toByteArray();
    }

    /**
     * Returns the bytes of a {@code DistillationSample} that names its frame's place in the log.
     *
     * @throws IllegalArgumentException if a tensor cannot be encoded
     */
    public byte[] encode(ProjectedFrame frame, FrameSource source) {
        return message(frame).setFrameSource(source).build().toByteArray();
    }

    private DistillationSample.Builder message(ProjectedFrame frame) {
        return DistillationSample.newBuilder()
                .setFormatVersion(MessageCodec.FORMAT_VERSION)
                .setFrame(frame.message())
                .setProjectedLogits(TensorCodec.encode(frame.projected(), type))
                .setLogits(TensorCodec.encode(frame.logits(), type))
                .setTeacherId(teacherId)
                .setProjectionHeadId(projectionHeadId)
                .setLabelSchemaId(labelSchemaId)
                .setViewWidth(view.width())
                .setViewHeight(view.height());
    }
}
