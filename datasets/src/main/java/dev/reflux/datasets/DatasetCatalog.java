package dev.reflux.datasets;

import dev.reflux.common.failure.UsageException;
import dev.reflux.datasets.folder.CamVid;
import dev.reflux.datasets.folder.Cityscapes;
import dev.reflux.datasets.folder.PlainFolder;
import dev.reflux.datasets.synthetic.SyntheticDataset;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens a data set by the words that a command line has for it. */
public final class DatasetCatalog {

    /** For help texts. */
    public static final String FORMS =
            "synthetic[:SEED[,FRAMES]], camvid:PATH, cityscapes:PATH or folder:PATH (images/, labels/, classes.json)";

    private DatasetCatalog() {}

    /** @throws UsageException in one sentence when the data set is not there or is not what it is said to be */
    public static Dataset open(String spec) {
        int colon = spec.indexOf(':');
        String kind = colon < 0 ? spec : spec.substring(0, colon);
        String rest = colon < 0 ? "" : spec.substring(colon + 1);
        return switch (kind) {
            case "synthetic" -> synthetic(rest);
            case "camvid" -> CamVid.open(folder(spec, rest));
            case "cityscapes" -> Cityscapes.open(folder(spec, rest));
            case "folder" -> PlainFolder.open(folder(spec, rest));
            default -> throw new UsageException("\"" + spec + "\" is no data set; use " + FORMS + ".");
        };
    }

    private static Dataset synthetic(String rest) {
        if (rest.isEmpty()) {
            return SyntheticDataset.standard();
        }
        String[] parts = rest.split(",", -1);
        try {
            long seed = Long.parseLong(parts[0]);
            int frames = parts.length > 1 ? Integer.parseInt(parts[1]) : SyntheticDataset.STANDARD_FRAMES;
            if (parts.length > 2 || frames < SyntheticDataset.DOMAINS) {
                throw new NumberFormatException();
            }
            return new SyntheticDataset(seed, frames);
        } catch (NumberFormatException e) {
            throw new UsageException(
                    "\"synthetic:" + rest
                            + "\" is no data set; write synthetic:SEED or synthetic:SEED,FRAMES with at least "
                            + SyntheticDataset.DOMAINS + " frames.",
                    e);
        }
    }

    private static Path folder(String spec, String rest) {
        if (rest.isEmpty()) {
            throw new UsageException("\"" + spec + "\" names no folder; write " + spec.replace(":", "") + ":PATH.");
        }
        Path folder = Path.of(rest);
        if (!Files.isDirectory(folder)) {
            throw new UsageException("The data set folder " + folder + " is not there; check the path.");
        }
        return folder;
    }
}
