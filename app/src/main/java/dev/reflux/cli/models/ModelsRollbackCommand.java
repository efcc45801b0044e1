package dev.reflux.cli.models;

import dev.reflux.cli.options.StoreOptions;
import dev.reflux.registry.format.AliasNames;
import dev.reflux.registry.store.ModelRegistry;
import dev.reflux.registry.store.Rollback;
import java.nio.file.Path;
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
        description = "Take the version of the fleet back: the champion, the canary and every alias that points at the"
                + " champion's version are pointed at the version that the champion had before.",
        footerHeading =
                "%nVehicles follow: the new records say that they go backwards on purpose. A vehicle with a trust file"
                        + " follows only when --key signs them.%n%nExamples:%n",
        footer = {
            "  reflux models rollback student --key trainer.key",
            "  reflux models rollback student --to 5 --reason ghosts --key trainer.key",
            "  reflux models rollback student --alias latest",
        })
final class ModelsRollbackCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "MODEL", description = "Name of the model.")
    private String model = "";

    @Option(
            names = "--alias",
            description =
                    "Only alias to point back (default: \"champion\", \"canary\" and all that point at the version of"
                            + " the champion).")
    private @Nullable String alias;

    @Option(
            names = "--to",
            paramLabel = "N",
            defaultValue = "0",
            description = "Version to point at (default: the one before).")
    private long to;

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            defaultValue = "rolled back",
            description = "Reason, which the history shows and vehicles log (default: ${DEFAULT-VALUE}).")
    private String reason = "";

    @Option(names = "--key", paramLabel = "FILE", description = "Key that signs the aliases; \"models key\" makes it.")
    private @Nullable Path keyFile;

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Override
    public Integer call() throws Exception {
        try (StoreOptions.Opened opened = store.openSigned(keyFile)) {
            ModelRegistry registry = opened.registry();
            registry.reader().require(model, AliasNames.LATEST);
            List<Rollback.Moved> moved = alias == null
                    ? registry.rollback().fleet(model, to, user(), reason)
                    : List.of(registry.rollback().alias(model, alias, to, user(), reason));
            for (Rollback.Moved move : moved) {
                say(move.alias() + " of " + model + " is version " + move.to() + " again (it was " + move.from()
                        + ").");
            }
            if (alias == null) {
                long target = moved.get(0).to();
                registry.catalog().aliases(model).forEach((other, version) -> {
                    if (version != target) {
                        say(other + " of " + model + " stays at version " + version + ".");
                    }
                });
            }
            return 0;
        }
    }

    private void say(String sentence) {
        spec.commandLine().getOut().println(sentence);
    }

    /** Returns the name that stands in an alias's history. */
    static String user() {
        return System.getProperty("user.name", "a person");
    }
}
