package dev.reflux.registry.client;

import dev.reflux.registry.format.RegistryNames;
import java.net.ConnectException;

/** The store failed or refused a request. The message is one sentence that names the store and the remedy. */
public final class StoreException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean passing;

    /** Creates a failure that stays: trying again does not help. */
    public StoreException(String sentence, Throwable cause) {
        this(sentence, cause, false);
    }

    /** @param passing whether the same request may succeed later, because the store is busy, silent or away */
    public StoreException(String sentence, Throwable cause, boolean passing) {
        super(sentence, cause);
        this.passing = passing;
    }

    /** Returns whether the same request may succeed later, because the store is busy, silent or away. */
    public boolean passing() {
        return passing;
    }

    /**
     * Returns why a connection failed: the message of the failure or of its nearest cause that has one. Java's HTTP client
     * has none for a connection that nobody accepted.
     */
    public static String reasonOf(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause.getMessage() != null && !cause.getMessage().isBlank()) {
                return RegistryNames.printable(cause.getMessage());
            }
        }
        return failure instanceof ConnectException
                ? "nothing accepts connections there"
                : failure.getClass().getSimpleName();
    }
}
