package dev.reflux.teacher.ingest;

import dev.reflux.teacher.pipeline.RejectedFrame;
import java.util.List;

/**
 * The result of the ingest stage: usable frames and refused ones, each in the order in which they were polled.
 *
 * @param frames the usable frames
 * @param rejected the refused frames
 */
public record DecodedBatch(List<DecodedFrame> frames, List<RejectedFrame> rejected) {

    public DecodedBatch {
        frames = List.copyOf(frames);
        rejected = List.copyOf(rejected);
    }

    /** Returns the number of frames in both lists. */
    public int size() {
        return frames.size() + rejected.size();
    }
}
