package dev.reflux.teacher.ingest;

import dev.reflux.teacher.pipeline.RejectedFrame;
import java.util.List;

/** What left the ingest stage together: sound frames and refused ones, in the order in which they were polled. */
public record DecodedBatch(List<DecodedFrame> frames, List<RejectedFrame> rejected) {

    public DecodedBatch {
        frames = List.copyOf(frames);
        rejected = List.copyOf(rejected);
    }

    public int size() {
        return frames.size() + rejected.size();
    }
}
