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
 * Reads one record and holds it against everything that a trainer will rely on: message, image, label, schema. Headers
 * are looked at before pixels are, so that a record that announces a huge image costs nothing. Thread-safe.
 */
public final class FrameDecoder {

    private final ImageCodec images;
    private final LabelMapCodec labels;
    private final LabelSchemas schemas;
    private final String teacherSchemaId;

    /**
     * @param schemas every schema that a frame may name, to tell an unknown one from another teacher's
     * @param teacherSchemaId the schema of the teacher: frames of another one cannot be distilled from it
     */
    public FrameDecoder(ImageCodec images, LabelSchemas schemas, String teacherSchemaId) {
        this.images = images;
        this.labels = new LabelMapCodec(images);
        this.schemas = schemas;
        this.teacherSchemaId = teacherSchemaId;
    }

    /** @throws RejectedFrameException naming what is wrong with this record */
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
                    "The frame is labelled by schema " + schema.id() + ", the teacher by " + teacherSchemaId
                            + "; send it to a teacher of its schema.");
        }
        RgbImage image = images.decode(message.getImage().toByteArray());
        labels.decode(message.getLabel().toByteArray(), schema, image.width(), image.height());
        return new DecodedFrame(ticket, message, image);
    }
}
