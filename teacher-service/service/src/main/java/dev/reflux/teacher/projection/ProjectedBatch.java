package dev.reflux.teacher.projection;

import dev.reflux.teacher.pipeline.Handling;
import dev.reflux.teacher.pipeline.RejectedFrame;
import java.util.List;
import java.util.stream.Stream;

/**
 * The result of the projection stage. Every record of the batch is in exactly one of the lists.
 *
 * @param frames the frames that become samples
 * @param rejected the frames that become dead letters
 */
public record ProjectedBatch(List<ProjectedFrame> frames, List<RejectedFrame> rejected) {

    public ProjectedBatch {
        frames = List.copyOf(frames);
        rejected = List.copyOf(rejected);
    }

    /** Returns whether the batch is one frame that is worked on alone. */
    public boolean alone() {
        return Stream.concat(
                        frames.stream().map(ProjectedFrame::ticket),
                        rejected.stream().map(RejectedFrame::ticket))
                .anyMatch(ticket -> ticket.handling() == Handling.ALONE);
    }

    /** Returns the number of frames in both lists. */
    public int size() {
        return frames.size() + rejected.size();
    }
}
