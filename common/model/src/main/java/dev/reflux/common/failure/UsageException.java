package dev.reflux.common.failure;

/**
 * Reports a mistake of a user or an operator. The message is one sentence that names the thing and the remedy. Commands
 * print it without a stack trace and exit with 2.
 */
public final class UsageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception with a sentence. */
    public UsageException(String sentence) {
        super(Cause.sentence(sentence));
    }

    /** Creates an exception with a sentence and the exception that revealed the mistake. */
    public UsageException(String sentence, Throwable cause) {
        super(Cause.sentence(sentence), cause);
    }
}
