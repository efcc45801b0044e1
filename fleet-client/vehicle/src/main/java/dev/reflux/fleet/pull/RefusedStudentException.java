package dev.reflux.fleet.pull;

/** The vehicle refuses a student. The message is one sentence that names the student and the reason. */
public final class RefusedStudentException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** The reason; a closed set, for meters. */
    public enum Reason {
        UNKNOWN_VERSION,
        DOWNGRADE,
        WRONG_LABEL_SCHEMA,
        DAMAGED,
        NOT_TRUSTED,
        /** The vehicle's folder holds a student of another model or of another registry. */
        FOREIGN_FOLDER,
        /** The alias points by a record that is older than the last one that the vehicle has seen. */
        REPLAYED_ALIAS,
        /** The folder has no room for the student, or cannot be written. */
        DISK
    }

    private final Reason reason;

    public RefusedStudentException(Reason reason, String sentence) {
        super(sentence);
        this.reason = reason;
    }

    public RefusedStudentException(Reason reason, String sentence, Throwable cause) {
        super(sentence, cause);
        this.reason = reason;
    }

    /** Returns the reason. */
    public Reason reason() {
        return reason;
    }
}
