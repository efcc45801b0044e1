package dev.reflux.datasets.synthetic;

import dev.reflux.common.failure.UsageException;
import dev.reflux.datasets.Dataset;
import dev.reflux.datasets.DatasetProvider;

/** Opens {@code synthetic[:SEED[,FRAMES]]}. */
public final class SyntheticProvider implements DatasetProvider {

    @Override
    public String prefix() {
        return "synthetic";
    }

    @Override
    public String form() {
        return "synthetic[:SEED[,FRAMES]]";
    }

    @Override
    public Dataset open(String argument) {
        if (argument.isEmpty()) {
            return SyntheticDataset.standard();
        }
        String[] parts = argument.split(",", -1);
        try {
            long seed = Long.parseLong(parts[0]);
            int frames = parts.length > 1 ? Integer.parseInt(parts[1]) : SyntheticDataset.STANDARD_FRAMES;
            if (parts.length > 2 || frames < SyntheticDataset.DOMAINS) {
                throw new NumberFormatException();
            }
            return new SyntheticDataset(seed, frames);
        } catch (NumberFormatException e) {
            throw new UsageException(
                    "\"synthetic:" + argument
                            + "\" is no data set; write synthetic:SEED or synthetic:SEED,FRAMES with at least "
                            + SyntheticDataset.DOMAINS + " frames.",
                    e);
        }
    }
}
