package dev.reflux.registry.client;

/** The store did not do what it was asked to. The message is one sentence that names store and remedy. */
public final class StoreException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public StoreException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
