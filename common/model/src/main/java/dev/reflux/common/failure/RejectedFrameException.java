package dev.reflux.common.failure;

/** One record is refused for a named reason. The record goes to the dead-letter topic; nothing else stops. */
public final class RejectedFrameException extends Exception {

    private static final long serialVersionUID = 1L;

    private final Rejection reason;

    /** @param sentence what is wrong with this record, for the person who reads the dead letter */
    public RejectedFrameException(Rejection reason, String sentence) {
        super(sentence);
        this.reason = reason;
    }

    public RejectedFrameException(Rejection reason, String sentence, Throwable cause) {
        super(sentence, cause);
        this.reason = reason;
    }

    public Rejection reason() {
        return reason;
    }
}
