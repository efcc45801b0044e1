package dev.reflux.datasets.folder;

import dev.reflux.datasets.Dataset;
import dev.reflux.datasets.DatasetProvider;

/** Opens {@code camvid:PATH}. */
public final class CamVidProvider implements DatasetProvider {

    @Override
    public String prefix() {
        return "camvid";
    }

    @Override
    public String form() {
        return "camvid:PATH";
    }

    @Override
    public Dataset open(String argument) {
        return CamVid.open(FolderPath.of(prefix(), argument));
    }
}
