package dev.reflux.teacher.ingest;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.teacher.pipeline.Ticket;

/** Turns a record into a frame. Called from several threads at once. */
@FunctionalInterface
public interface FrameDecoding {

    /**
     * Decodes a record.
     *
     * @throws RejectedFrameException if the record is not usable, with the reason
     */
    DecodedFrame decode(Ticket ticket) throws RejectedFrameException;
}
