package dev.reflux.cli.options;

import dev.reflux.datasets.Dataset;
import dev.reflux.datasets.DatasetCatalog;
import dev.reflux.quickstart.progress.Console;
import dev.reflux.quickstart.progress.Progress;
import dev.reflux.quickstart.progress.SurveyProgress;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The required option {@code --dataset} of commands that read a data set. Confined to the thread of the command. */
public final class DatasetOption {

    @Option(
            names = "--dataset",
            paramLabel = "D",
            required = true,
            description = "Data set: " + DatasetCatalog.FORMS + ".")
    private String dataset = "";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    /**
     * Opens the data set, and says on standard error what is odd about it.
     *
     * @throws dev.reflux.common.failure.UsageException if the form is unknown or its files cannot be used
     */
    public Dataset open() {
        return SurveyProgress.open(
                dataset, new Progress(Console.of(command.commandLine().getErr())));
    }
}
