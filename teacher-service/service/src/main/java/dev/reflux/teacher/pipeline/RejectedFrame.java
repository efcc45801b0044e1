package dev.reflux.teacher.pipeline;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.Rejection;

/**
 * A frame that goes to the dead-letter topic instead of the next stage.
 *
 * @param ticket its record
 * @param stage which refused it
 * @param reason why, for machines
 * @param sentence why, for people
 */
public record RejectedFrame(Ticket ticket, StageName stage, Rejection reason, String sentence) {

    public static RejectedFrame of(Ticket ticket, StageName stage, RejectedFrameException refusal) {
        String sentence = refusal.getMessage();
        return new RejectedFrame(
                ticket,
                stage,
                refusal.reason(),
                sentence == null ? refusal.reason().name() : sentence);
    }
}
