package dev.reflux.registry.client;

/** The store failed or refused a request. The message is one sentence that names the store and the remedy. */
public final class StoreException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public StoreException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
