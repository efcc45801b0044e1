package dev.reflux.registry.format;

import dev.reflux.common.failure.Cause;

/** An object of the registry is missing, damaged or not the expected one. The message is one sentence that names it. */
public final class RegistryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public RegistryException(String sentence) {
        super(Cause.sentence(sentence));
    }

    public RegistryException(String sentence, Throwable cause) {
        super(Cause.sentence(sentence), cause);
    }
}
