package dev.reflux.cli.options;

import java.nio.file.Path;

/** The models that come with the launcher, which says where it lies. */
public final class ShippedModels {

    private ShippedModels() {}

    /** @param name of a model in the launcher's models folder */
    public static Path card(String name) {
        return folder().resolve(name + ".json");
    }

    /** Returns the folder with the models. */
    public static Path folder() {
        return home().resolve("models");
    }

    /** The launcher's own folder: it says where it lies. */
    public static Path home() {
        return Path.of(System.getProperty("reflux.home", "."));
    }
}
