package dev.reflux.cli;

import java.nio.file.Path;

/** The models that come with the launcher, which says where they lie. */
final class ShippedModels {

    private ShippedModels() {}

    static Path card(String name) {
        return Path.of(System.getProperty("reflux.home", ".")).resolve("models").resolve(name);
    }
}
