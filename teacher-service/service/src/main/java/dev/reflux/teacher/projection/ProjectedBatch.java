package dev.reflux.teacher.projection;

import dev.reflux.teacher.pipeline.RejectedFrame;
import java.util.List;

/** A batch that is ready to be published. Together the two lists hold every record of the batch exactly once. */
public record ProjectedBatch(List<ProjectedFrame> frames, List<RejectedFrame> rejected) {

    public ProjectedBatch {
        frames = List.copyOf(frames);
        rejected = List.copyOf(rejected);
    }

    public int size() {
        return frames.size() + rejected.size();
    }
}
