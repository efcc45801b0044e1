package dev.reflux.teacher.pipeline;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.Rejection;

/**
 * A frame that goes to the dead-letter topic.
 *
 * @param ticket the record of the frame
 * @param stage the stage that refused it
 * @param reason the reason for machines
 * @param sentence the reason for people
 */
public record RejectedFrame(Ticket ticket, StageName stage, Rejection reason, String sentence) {

    /** Returns the refusal of a frame by a stage. */
    public static RejectedFrame of(Ticket ticket, StageName stage, RejectedFrameException refusal) {
        String sentence = refusal.getMessage();
        return new RejectedFrame(
                ticket,
                stage,
                refusal.reason(),
                sentence == null ? refusal.reason().name() : sentence);
    }
}
