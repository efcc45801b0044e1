package dev.reflux.teacher.pipeline;

import java.util.Locale;

/** The teacher's stages in the order in which a frame passes them. Dead letters and meters name them. */
public enum StageName {
    /** Decoding and checking of records. */
    INGEST,
    /** The network. */
    INFERENCE,
    /** The projection head, and the grid of the logits. */
    PROJECTION,
    /** Encoding and the transaction. */
    PUBLISH;

    /** Returns the name in the header of a dead letter and in meters, such as {@code teacher.ingest}. */
    public String label() {
        return "teacher." + name().toLowerCase(Locale.ROOT);
    }
}
