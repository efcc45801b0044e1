package dev.reflux.teacher.publish;

import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.message.DistillationSample;
import dev.reflux.common.message.TensorType;
import dev.reflux.common.tensor.TensorCodec;
import dev.reflux.teacher.projection.ProjectedFrame;

/**
 * Writes samples: the frame as it came in, and both tensors. Stateless and thread-safe.
 *
 * @param teacherId name of the teacher's card
 * @param projectionHeadId id of its fitted head
 * @param labelSchemaId the schema of both
 * @param view the size at which teacher and student look at the frame
 * @param type how both tensors are written
 */
public record SampleEncoder(
        String teacherId, String projectionHeadId, String labelSchemaId, ImageSize view, TensorType type) {

    public byte[] encode(ProjectedFrame frame) {
        return DistillationSample.newBuilder()
                .setFormatVersion(MessageCodec.FORMAT_VERSION)
                .setFrame(frame.message())
                .setProjectedLogits(TensorCodec.encode(frame.projected(), type))
                .setLogits(TensorCodec.encode(frame.logits(), type))
                .setTeacherId(teacherId)
                .setProjectionHeadId(projectionHeadId)
                .setLabelSchemaId(labelSchemaId)
                .setViewWidth(view.width())
                .setViewHeight(view.height())
                .build()
                .toByteArray();
    }
}
