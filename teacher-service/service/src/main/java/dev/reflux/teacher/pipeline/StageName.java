package dev.reflux.teacher.pipeline;

import java.util.Locale;

/** The teacher's stages in the order in which a frame passes them. Dead letters and meters name them. */
public enum StageName {
    INGEST,
    INFERENCE,
    PROJECTION,
    PUBLISH;

    /** As it stands in a dead letter's header and in meters: {@code teacher.ingest}. */
    public String label() {
        return "teacher." + name().toLowerCase(Locale.ROOT);
    }
}
