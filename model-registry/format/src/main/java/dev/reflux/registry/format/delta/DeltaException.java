package dev.reflux.registry.format.delta;

import org.jspecify.annotations.Nullable;

/** The bytes are no delta, or no delta for the given files. The message is one sentence. */
public final class DeltaException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    DeltaException(String sentence) {
        super(sentence);
    }

    DeltaException(String sentence, @Nullable Throwable cause) {
        super(sentence, cause);
    }
}
