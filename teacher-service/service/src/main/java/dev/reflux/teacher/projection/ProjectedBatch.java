package dev.reflux.teacher.projection;

import dev.reflux.teacher.pipeline.RejectedFrame;
import java.util.List;

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

    /** Returns the number of frames in both lists. */
    public int size() {
        return frames.size() + rejected.size();
    }
}
