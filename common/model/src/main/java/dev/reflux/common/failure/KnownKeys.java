package dev.reflux.common.failure;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Refuses what nobody reads: a key that is misspelled, or that asks for something else, would be obeyed by no one. */
public final class KnownKeys {

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
            throw new UsageException("The key \"" + String.join("\", \"", unknown) + "\" of " + what
                    + " is not known; its keys are " + String.join(", ", keys) + ".");
        }
    }
}
