package dev.reflux.registry.format;

/** The registry's content or a request to it is not in order. The message is one sentence that names the thing. */
public final class RegistryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public RegistryException(String sentence) {
        super(sentence);
    }

    public RegistryException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
