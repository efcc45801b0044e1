package dev.reflux.teacher.ingest;

import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.Rejection;
import dev.reflux.common.image.ImageCodec;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMapCodec;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.common.label.LabelSchemas;
import dev.reflux.common.message.LabeledFrame;
import dev.reflux.teacher.pipeline.Ticket;

/**
 * Decodes a record and checks everything that a trainer relies on: message, schema, image, and the label if there is one. The
 * headers of an image are checked before its pixels are decoded, so that a record that announces a huge image costs nothing.
 * Thread-safe.
 */
public final class FrameDecoder implements FrameDecoding {

    private final ImageCodec images;
    private final LabelMapCodec labels;
    private final LabelSchemas schemas;
    private final String teacherSchemaId;

    /**
     * @param schemas all schemas that frames may name
     * @param teacherSchemaId the id of the teacher's schema; frames of another one are refused
     */
    public FrameDecoder(ImageCodec images, LabelSchemas schemas, String teacherSchemaId) {
        this.images = images;
        this.labels = new LabelMapCodec(images);
        this.schemas = schemas;
        this.teacherSchemaId = teacherSchemaId;
    }

    @Override
    public DecodedFrame decode(Ticket ticket) throws RejectedFrameException {
        byte[] value = ticket.record().value();
        if (value == null) {
            throw new RejectedFrameException(Rejection.MALFORMED_MESSAGE, "The record has no value.");
        }
        LabeledFrame message = MessageCodec.frame(value);
        LabelSchema schema = schemas.require(message.getLabelSchemaId());
        if (!schema.id().equals(teacherSchemaId)) {
            throw new RejectedFrameException(
                    Rejection.UNKNOWN_LABEL_SCHEMA,
                    "The frame has label schema " + schema.id() + ", the teacher has " + teacherSchemaId
                            + "; send it to a teacher of its schema.");
        }
        RgbImage image = images.decode(message.getImage().toByteArray());
        if (!message.getLabel().isEmpty()) {
            labels.decode(message.getLabel().toByteArray(), schema, image.width(), image.height());
        }
        return new DecodedFrame(ticket, message, image);
    }
}
