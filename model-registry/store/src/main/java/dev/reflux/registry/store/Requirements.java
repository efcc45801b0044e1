package dev.reflux.registry.store;

import dev.reflux.common.failure.UsageException;
import dev.reflux.registry.client.RegistryReader;

/** What arguments of the registry must be. */
final class Requirements {

    private static final String NAME = "[a-z0-9][a-z0-9._-]{0,62}";

    private Requirements() {}

    /**
     * Requires a name that can be part of a key.
     *
     * @param what the kind of thing that it names, such as "model"
     */
    static void name(String name, String what) {
        if (!name.matches(NAME)) {
            throw new UsageException("\"" + name + "\" cannot name a " + what
                    + "; use lower-case letters, digits, dots, dashes and underscores, 63 at most.");
        }
    }

    /** Requires that a version exists. */
    static void version(RegistryReader registry, String model, long version) {
        if (registry.manifest(model, version).isEmpty()) {
            throw new UsageException(model + " has no version " + version + "; see its versions for those there are.");
        }
    }
}
