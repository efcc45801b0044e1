package dev.reflux.examples.dataset;

import dev.reflux.common.failure.UsageException;
import dev.reflux.datasets.Dataset;
import dev.reflux.datasets.DatasetProvider;

/** Opens {@code stripes[:FRAMES]}: a bright stripe that moves over a dark road. */
public final class StripesProvider implements DatasetProvider {

    private static final int STANDARD_FRAMES = 100;

    @Override
    public String prefix() {
        return "stripes";
    }

    @Override
    public String form() {
        return "stripes[:FRAMES]";
    }

    @Override
    public Dataset open(String argument) {
        if (argument.isEmpty()) {
            return new StripesDataset(STANDARD_FRAMES);
        }
        try {
            return new StripesDataset(Integer.parseInt(argument));
        } catch (NumberFormatException e) {
            throw new UsageException("\"stripes:" + argument + "\" is no data set; write " + form() + ".", e);
        }
    }
}
