package dev.reflux.common.failure;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;

/** Why something failed, as a part of a sentence. */
public final class Cause {

    /** The longest sentence: a peer may name a thing by a megabyte. */
    static final int LONGEST_SENTENCE = 2000;

    private Cause() {}

    /**
     * Returns the message of a failure in one line. A library appends the place in its own source to it, in a line of its
     * own, or gives none at all.
     */
    public static String of(Throwable failure) {
        if (failure instanceof ValueInstantiationException && failure.getCause() != null) {
            // What the record's own constructor says, without the name of its class.
            return of(failure.getCause());
        }
        String message =
                failure instanceof JsonProcessingException json ? json.getOriginalMessage() : failure.getMessage();
        return message == null || message.isBlank() ? failure.getClass().getSimpleName() : oneLine(message);
    }

    /**
     * Returns a text without line ends and other control characters: a name that a peer chose must not begin a line of the
     * log.
     */
    public static String oneLine(String text) {
        return text.strip().replaceAll("[\\p{Cc}\\u2028\\u2029]+\\s*", " ");
    }

    /** Returns a sentence in one line, without its middle if it is longer than {@value #LONGEST_SENTENCE} characters. */
    public static String sentence(String text) {
        String line = oneLine(text);
        if (line.length() <= LONGEST_SENTENCE) {
            return line;
        }
        int half = LONGEST_SENTENCE / 2 - 1;
        return line.substring(0, half) + " … " + line.substring(line.length() - half + 1);
    }
}
