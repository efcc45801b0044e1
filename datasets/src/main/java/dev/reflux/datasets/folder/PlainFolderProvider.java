package dev.reflux.datasets.folder;

import dev.reflux.datasets.Dataset;
import dev.reflux.datasets.DatasetProvider;

/** Opens {@code folder:PATH}. */
public final class PlainFolderProvider implements DatasetProvider {

    @Override
    public String prefix() {
        return "folder";
    }

    @Override
    public String form() {
        return "folder:PATH (images/, labels/, classes.json)";
    }

    @Override
    public Dataset open(String argument) {
        return PlainFolder.open(FolderPath.of(prefix(), argument));
    }
}
