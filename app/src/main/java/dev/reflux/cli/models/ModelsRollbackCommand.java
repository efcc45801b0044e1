package dev.reflux.cli.models;

import dev.reflux.cli.options.StoreOptions;
import dev.reflux.common.failure.UsageException;
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

/** Points an alias back at an older version. */
@Command(
        name = "rollback",
        mixinStandardHelpOptions = true,
        description = "Point an alias back: at the parent of the version that it points at, or at a given version.",
        footerHeading = "%nExamples:%n",
        footer = {"  reflux models rollback student", "  reflux models rollback student --to 5"})
final class ModelsRollbackCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "MODEL", description = "Model line.")
    private String model = "";

    @Option(names = "--alias", defaultValue = "latest", description = "Alias (default: ${DEFAULT-VALUE}).")
    private String alias = "";

    @Option(names = "--to", paramLabel = "N", defaultValue = "0", description = "Version; default: the parent.")
    private long to;

    @Option(names = "--key", paramLabel = "FILE", description = "Signs where the alias points; see \"models key\".")
    private @Nullable Path keyFile;

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Override
    public Integer call() throws Exception {
        try (StoreOptions.Opened opened = store.open(keyFile)) {
            StudentVersion now = opened.reader().require(model, alias);
            long target = to > 0 ? to : now.lineage().parentVersion();
            if (target < 1) {
                throw new UsageException(
                        model + " version " + now.version() + " has no parent; name a version with --to.");
            }
            opened.registry()
                    .aliases()
                    .point(model, alias, target, user(), "rolled back from version " + now.version());
            spec.commandLine()
                    .getOut()
                    .println(alias + " of " + model + " is version " + target + " again (it was " + now.version()
                            + ").");
            return 0;
        }
    }

    /** Who stands in a name's history. */
    static String user() {
        return System.getProperty("user.name", "a person");
    }
}
