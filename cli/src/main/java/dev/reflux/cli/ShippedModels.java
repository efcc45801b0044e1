package dev.reflux.cli;

import java.nio.file.Path;

/** The models that come with the launcher, which says where it lies. */
final class ShippedModels {

    private ShippedModels() {}

    /** @param name of a model in the launcher's models folder */
    static Path card(String name) {
        return Path.of(System.getProperty("reflux.home", ".")).resolve("models").resolve(name + ".json");
    }
}
