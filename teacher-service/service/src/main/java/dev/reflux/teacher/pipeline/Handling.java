package dev.reflux.teacher.pipeline;

/** How a record is worked on. */
public enum Handling {
    /** With others. */
    TOGETHER,
    /** With no other record in any stage, and without waiting for others. */
    ALONE,
    /** Not at all: it is refused as it came, because it ended the process before. */
    SET_ASIDE
}
