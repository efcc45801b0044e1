package dev.reflux.common.failure;

/**
 * A user's or an operator's mistake. The message is one sentence that names the thing and the remedy; commands print it
 * without a stack trace and end with exit code 2.
 */
public final class UsageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UsageException(String sentence) {
        super(sentence);
    }

    public UsageException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
