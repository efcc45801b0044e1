package dev.reflux.cli.options;

import dev.reflux.datasets.Dataset;
import dev.reflux.datasets.DatasetCatalog;
import picocli.CommandLine.Option;

/** The required option {@code --dataset} of commands that read a data set. Confined to the thread of the command. */
public final class DatasetOption {

    @Option(
            names = "--dataset",
            paramLabel = "D",
            required = true,
            description = "Data set: " + DatasetCatalog.FORMS + ".")
    private String dataset = "";

    /**
     * Opens the data set.
     *
     * @throws dev.reflux.common.failure.UsageException if the form is unknown or its files cannot be used
     */
    public Dataset open() {
        return DatasetCatalog.open(dataset);
    }
}
