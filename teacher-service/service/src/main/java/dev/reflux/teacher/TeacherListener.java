package dev.reflux.teacher;

/** Hears from a running teacher. Called from its workers: an implementation must not block. */
public interface TeacherListener {

    /** Hears nothing. */
    TeacherListener SILENT = new TeacherListener() {};

    /** A batch is committed; how things stand now. */
    default void published(TeacherSnapshot now) {}

    /** The service cannot go on and stops by itself. Told once. */
    default void failed(Throwable cause) {}
}
