package dev.reflux.common.failure;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Refuses what nobody reads: a key that is misspelled, or that asks for something else, would be obeyed by no one. */
public final class KnownKeys {

    private static final int MOST_NAMED = 5;
    private static final int LONGEST_KEY = 60;

    private KnownKeys() {}

    /**
     * Checks that an object has no other keys.
     *
     * @param object the object; any other node passes
     * @param what the name of the object, for the sentence
     * @param keys the keys that it may have
     * @throws UsageException when there is another
     */
    public static void requireOnly(JsonNode object, String what, String... keys) {
        Set<String> unknown = new TreeSet<>();
        object.fieldNames().forEachRemaining(unknown::add);
        List.of(keys).forEach(unknown::remove);
        if (!unknown.isEmpty()) {
            throw new UsageException("The key \"" + some(unknown) + "\" of " + what + " is not known; its keys are "
                    + String.join(", ", keys) + ".");
        }
    }

    /** A file may have any number of keys of any length. */
    private static String some(Set<String> unknown) {
        return unknown.stream()
                .limit(MOST_NAMED)
                .map(key -> Cause.oneLine(key.substring(0, Math.min(key.length(), LONGEST_KEY))))
                .collect(Collectors.joining("\", \""));
    }
}
