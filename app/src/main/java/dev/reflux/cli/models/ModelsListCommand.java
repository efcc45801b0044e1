package dev.reflux.cli.models;

import dev.reflux.cli.options.StoreOptions;
import dev.reflux.quickstart.report.HoldoutFigure;
import dev.reflux.registry.format.AliasNames;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.store.RegistryCatalog;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists versions. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "List the versions of one model, or of all.",
        footerHeading = "%nExamples:%n",
        footer = {"  reflux models list", "  reflux models list student --local run"})
final class ModelsListCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", arity = "0..1", paramLabel = "MODEL", description = "Name of the model (default: all).")
    private @Nullable String model;

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        try (StoreOptions.Opened opened = store.open()) {
            RegistryCatalog registry = opened.catalog();
            List<String> models = model == null ? registry.models() : List.of(model);
            if (models.isEmpty()) {
                out.println("The registry has no models yet.");
            }
            for (String name : models) {
                opened.reader().require(name, AliasNames.LATEST);
                list(registry, name, out);
            }
            return 0;
        }
    }

    private static void list(RegistryCatalog registry, String name, PrintWriter out) {
        Map<String, Long> aliases = registry.aliases(name);
        out.printf(
                "%s%n  %-8s %-20s %10s %16s %8s %9s  %-12s  %s%n",
                name, "version", "created", "frames", "holdout", "parent", "size", "sha256", "aliases");
        for (StudentVersion version : registry.versions(name, 1)) {
            StudentVersion.Blob student = version.blob(Artifact.STUDENT);
            out.printf(
                    Locale.ROOT,
                    "  %-8s %-20.19s %10d %16s %8d %6.1f MB  %.12s  %s%n",
                    version.version(),
                    version.createdAt(),
                    version.lineage().framesTrained(),
                    HoldoutFigure.of(version.metrics()).brief(),
                    version.lineage().parentVersion(),
                    student.bytes() / 1e6,
                    student.sha256(),
                    aliases.entrySet().stream()
                            .filter(alias -> alias.getValue() == version.version())
                            .map(Map.Entry::getKey)
                            .collect(Collectors.joining(", ")));
        }
    }
}
