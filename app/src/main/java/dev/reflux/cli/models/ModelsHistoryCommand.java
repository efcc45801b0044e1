package dev.reflux.cli.models;

import dev.reflux.cli.options.StoreOptions;
import dev.reflux.common.failure.UsageException;
import dev.reflux.registry.format.AliasChange;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows the history of an alias. */
@Command(
        name = "history",
        mixinStandardHelpOptions = true,
        description = "Show every change of an alias, with its time, author and reason.",
        footerHeading = "%nExamples:%n",
        footer = {"  reflux models history student", "  reflux models history student --alias latest --local run"})
final class ModelsHistoryCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "MODEL", description = "Name of the model.")
    private String model = "";

    @Option(names = "--alias", defaultValue = "champion", description = "Alias (default: ${DEFAULT-VALUE}).")
    private String alias = "";

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        try (StoreOptions.Opened opened = store.open()) {
            List<AliasChange> history = opened.catalog().history(model, alias);
            if (history.isEmpty()) {
                throw new UsageException(model + " has no alias \"" + alias + "\"; it has "
                        + opened.catalog().aliases(model).keySet() + ".");
            }
            out.printf("  %-20s %8s  %s%n", "since", "version", "by");
            for (AliasChange change : history) {
                String why = change.reason().isEmpty() ? "" : ": " + change.reason();
                out.printf(Locale.ROOT, "  %-20.19s %8d  %s%s%n", change.at(), change.version(), change.by(), why);
            }
            return 0;
        }
    }
}
