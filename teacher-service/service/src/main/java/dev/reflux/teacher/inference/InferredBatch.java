package dev.reflux.teacher.inference;

import dev.reflux.teacher.ingest.DecodedFrame;
import dev.reflux.teacher.pipeline.RejectedFrame;
import java.util.List;

/**
 * The result of the inference stage.
 *
 * @param parts usually one; one for each frame if the batch as a whole failed
 * @param rejected the refused frames
 */
public record InferredBatch(List<Part> parts, List<RejectedFrame> rejected) {

    /**
     * Frames that passed the network together.
     *
     * @param frames the frames
     * @param output the output, row n for frame n; the receiver closes it
     */
    public record Part(List<DecodedFrame> frames, NetworkOutput output) {
        public Part {
            frames = List.copyOf(frames);
        }
    }

    public InferredBatch {
        parts = List.copyOf(parts);
        rejected = List.copyOf(rejected);
    }

    /** Returns the number of frames, with the refused ones. */
    public int size() {
        return parts.stream().mapToInt(part -> part.frames().size()).sum() + rejected.size();
    }
}
