package dev.reflux.datasets.folder;

import dev.reflux.datasets.Dataset;
import dev.reflux.datasets.DatasetProvider;

/** Opens {@code cityscapes:PATH}. */
public final class CityscapesProvider implements DatasetProvider {

    @Override
    public String prefix() {
        return "cityscapes";
    }

    @Override
    public String form() {
        return "cityscapes:PATH";
    }

    @Override
    public Dataset open(String argument) {
        return Cityscapes.open(FolderPath.of(prefix(), argument));
    }
}
