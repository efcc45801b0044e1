package dev.reflux.registry.store;

import dev.reflux.common.failure.UsageException;
import dev.reflux.registry.client.RegistryReader;
import dev.reflux.registry.format.RegistryNames;

/** What arguments of the registry must be. */
final class Requirements {

    private Requirements() {}

    /**
     * Requires a name that can be part of a key.
     *
     * @param what the kind of thing that it names, such as "model"
     */
    static void name(String name, String what) {
        RegistryNames.require(name, what);
    }

    /** Requires that a version exists. */
    static void version(RegistryReader registry, String model, long version) {
        if (registry.manifest(model, version).isEmpty()) {
            throw new UsageException(model + " has no version " + version + "; see its versions for those there are.");
        }
    }
}
