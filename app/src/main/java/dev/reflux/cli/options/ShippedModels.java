package dev.reflux.cli.options;

import java.nio.file.Path;

/** The models that ship with Reflux. The launcher passes its folder as the property reflux.home. */
public final class ShippedModels {

    private ShippedModels() {}

    /**
     * Returns the card of a model.
     *
     * @param name the name of a model in the launcher's models folder
     */
    public static Path card(String name) {
        return folder().resolve(name + ".json");
    }

    /** Returns the folder with the models. */
    public static Path folder() {
        return home().resolve("models");
    }

    /** Returns the folder of the launcher. */
    public static Path home() {
        return Path.of(System.getProperty("reflux.home", "."));
    }
}
