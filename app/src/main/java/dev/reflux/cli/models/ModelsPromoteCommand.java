package dev.reflux.cli.models;

import dev.reflux.cli.options.StoreOptions;
import dev.reflux.registry.format.StudentVersion;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Points an alias at a version. */
@Command(
        name = "promote",
        mixinStandardHelpOptions = true,
        description = "Point an alias at a version.",
        footerHeading = "%nExamples:%n",
        footer = {"  reflux models promote student 7", "  reflux models promote student 7 --alias canary"})
final class ModelsPromoteCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "MODEL", description = "Name of the model.")
    private String model = "";

    @Parameters(index = "1", paramLabel = "N|ALIAS", description = "Version that the alias will point at.")
    private String version = "";

    @Option(names = "--alias", defaultValue = "champion", description = "Alias (default: ${DEFAULT-VALUE}).")
    private String alias = "";

    @Option(names = "--key", paramLabel = "FILE", description = "Key that signs the alias; \"models key\" makes it.")
    private @Nullable Path keyFile;

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Override
    public Integer call() throws Exception {
        try (StoreOptions.Opened opened = store.openSigned(keyFile)) {
            StudentVersion found = opened.reader().require(model, version);
            opened.registry().aliases().point(model, alias, found.version(), ModelsRollbackCommand.user(), "promoted");
            spec.commandLine().getOut().println(alias + " of " + model + " is version " + found.version() + " now.");
            return 0;
        }
    }
}
