package dev.reflux.registry.format.delta;

import dev.reflux.common.failure.Cause;
import org.jspecify.annotations.Nullable;

/** The bytes are no delta, or no delta for the given files. The message is one sentence. */
public final class DeltaException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    DeltaException(String sentence) {
        super(Cause.sentence(sentence));
    }

    DeltaException(String sentence, @Nullable Throwable cause) {
        super(Cause.sentence(sentence), cause);
    }
}
