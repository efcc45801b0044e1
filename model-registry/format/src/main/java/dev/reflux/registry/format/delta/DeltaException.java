package dev.reflux.registry.format.delta;

/** Bytes that are no delta, or not one for these files. The message is one sentence. */
public final class DeltaException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    DeltaException(String sentence) {
        super(sentence);
    }

    DeltaException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
