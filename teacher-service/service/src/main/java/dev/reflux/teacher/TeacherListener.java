package dev.reflux.teacher;

/** The listener of a running teacher. Called on its workers: an implementation must not block. */
public interface TeacherListener {

    /** Ignores everything. */
    TeacherListener SILENT = new TeacherListener() {};

    /** Called after each committed transaction, with the counts as of now. */
    default void published(TeacherSnapshot now) {}

    /** Called once if the service cannot go on and stops by itself. */
    default void failed(Throwable cause) {}
}
