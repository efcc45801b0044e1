package dev.reflux.common.failure;

/** Refuses one record for a named reason. The record goes to the dead-letter topic; the service continues. */
public final class RejectedFrameException extends Exception {

    private static final long serialVersionUID = 1L;

    private final Rejection reason;

    /**
     * Creates an exception.
     *
     * @param reason reason from the closed set
     * @param sentence what is wrong with the record, for the reader of the dead letter
     */
    public RejectedFrameException(Rejection reason, String sentence) {
        super(Cause.sentence(sentence));
        this.reason = reason;
    }

    /**
     * Creates an exception with a cause.
     *
     * @param reason reason from the closed set
     * @param sentence what is wrong with the record, for the reader of the dead letter
     * @param cause exception that revealed it
     */
    public RejectedFrameException(Rejection reason, String sentence, Throwable cause) {
        super(Cause.sentence(sentence), cause);
        this.reason = reason;
    }

    /** Returns the reason. */
    public Rejection reason() {
        return reason;
    }
}
