package dev.reflux.cli.models;

import dev.reflux.cli.options.StoreOptions;
import dev.reflux.common.failure.UsageException;
import dev.reflux.registry.format.AliasNames;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.store.ModelRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Points aliases back at an older version. */
@Command(
        name = "rollback",
        mixinStandardHelpOptions = true,
        description = "Take a version back: every alias that points at the version of \"latest\" is pointed at that"
                + " version's parent.",
        footerHeading =
                "%nA vehicle follows an alias backwards only with --allow-downgrade or --vehicle.%n%nExamples:%n",
        footer = {
            "  reflux models rollback student",
            "  reflux models rollback student --to 5",
            "  reflux models rollback student --alias champion",
        })
final class ModelsRollbackCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "MODEL", description = "Name of the model.")
    private String model = "";

    @Option(
            names = "--alias",
            description = "Only alias to point back (default: \"latest\" and all that point at its version).")
    private @Nullable String alias;

    @Option(
            names = "--to",
            paramLabel = "N",
            defaultValue = "0",
            description = "Version to point at (default: the parent).")
    private long to;

    @Option(names = "--key", paramLabel = "FILE", description = "Key that signs the aliases; \"models key\" makes it.")
    private @Nullable Path keyFile;

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Override
    public Integer call() throws Exception {
        try (StoreOptions.Opened opened = store.open(keyFile)) {
            ModelRegistry registry = opened.registry();
            String leader = alias == null ? AliasNames.LATEST : alias;
            StudentVersion now = registry.reader().require(model, leader);
            long target = to > 0 ? to : now.lineage().parentVersion();
            if (target < 1) {
                throw new UsageException(
                        model + " version " + now.version() + " has no parent; name a version with --to.");
            }
            for (String each : pointingAt(registry, now.version(), leader)) {
                registry.aliases().point(model, each, target, user(), "rolled back from version " + now.version());
                say(each + " of " + model + " is version " + target + " again (it was " + now.version() + ").");
            }
            if (alias == null) {
                registry.catalog().aliases(model).forEach((other, version) -> {
                    if (version != target) {
                        say(other + " of " + model + " stays at version " + version + ".");
                    }
                });
            }
            return 0;
        }
    }

    /** The leading alias comes last: a rollback that was interrupted can be repeated. */
    private List<String> pointingAt(ModelRegistry registry, long version, String leader) {
        List<String> names = new ArrayList<>();
        if (alias == null) {
            registry.catalog().aliases(model).forEach((other, at) -> {
                if (at == version && !other.equals(leader)) {
                    names.add(other);
                }
            });
        }
        names.add(leader);
        return names;
    }

    private void say(String sentence) {
        spec.commandLine().getOut().println(sentence);
    }

    /** Returns the name that stands in an alias's history. */
    static String user() {
        return System.getProperty("user.name", "a person");
    }
}
