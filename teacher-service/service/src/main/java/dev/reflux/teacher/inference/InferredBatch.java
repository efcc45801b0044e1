package dev.reflux.teacher.inference;

import dev.reflux.teacher.ingest.DecodedFrame;
import dev.reflux.teacher.pipeline.RejectedFrame;
import java.util.List;

/** A batch behind the network. Usually one part; one a frame where the batch as a whole had failed. */
public record InferredBatch(List<Part> parts, List<RejectedFrame> rejected) {

    /** Frames that went through the network together; row n of the output is frame n. */
    public record Part(List<DecodedFrame> frames, NetworkOutput output) {
        public Part {
            frames = List.copyOf(frames);
        }
    }

    public InferredBatch {
        parts = List.copyOf(parts);
        rejected = List.copyOf(rejected);
    }

    public int size() {
        return parts.stream().mapToInt(part -> part.frames().size()).sum() + rejected.size();
    }
}
