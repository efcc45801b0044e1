package dev.reflux.cli.models;

import dev.reflux.cli.options.StoreOptions;
import dev.reflux.registry.format.AliasNames;
import dev.reflux.registry.store.ReapReport;
import dev.reflux.registry.store.RetentionPolicy;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Removes old versions. */
@Command(
        name = "reap",
        mixinStandardHelpOptions = true,
        description =
                "Remove old versions and forgotten files. What an alias points at, and the newest version, always stay.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux models reap student --keep 20 --dry-run",
            "  reflux models reap student --keep 20 --keep-every 10"
        })
final class ModelsReapCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "MODEL", description = "Name of the model.")
    private String model = "";

    @Option(names = "--keep", paramLabel = "N", required = true, description = "Number of newest versions to keep.")
    private int keep;

    @Option(
            names = "--keep-every",
            paramLabel = "K",
            defaultValue = "0",
            description = "Also keep every K-th version (default: none).")
    private int every;

    @Option(
            names = "--grace",
            paramLabel = "MINUTES",
            defaultValue = "60",
            description = "Age from which a file that no version names is removed (default: ${DEFAULT-VALUE}).")
    private long graceMinutes;

    @Option(names = "--dry-run", description = "List what would be removed, and remove nothing.")
    private boolean dryRun;

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Override
    public Integer call() throws Exception {
        RetentionPolicy policy = new RetentionPolicy(keep, every, Duration.ofMinutes(graceMinutes));
        try (StoreOptions.Opened opened = store.open()) {
            opened.reader().require(model, AliasNames.LATEST);
            ReapReport report = opened.registry().reap(model, policy, dryRun);
            spec.commandLine()
                    .getOut()
                    .printf(
                            Locale.ROOT,
                            "%s versions %s and %d files of %.1f MB.%n",
                            dryRun ? "Would remove" : "Removed",
                            report.versions(),
                            report.files(),
                            report.bytes() / 1e6);
            return 0;
        }
    }
}
