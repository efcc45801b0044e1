package dev.reflux.cli.models;

import dev.reflux.cli.options.StoreOptions;
import dev.reflux.common.failure.UsageException;
import dev.reflux.registry.client.DeltaReader;
import dev.reflux.registry.client.RegistryReader;
import dev.reflux.registry.format.AliasNames;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.DeltaRecord;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.store.ModelRegistry;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes the exact deltas that vehicles fetch instead of whole students. */
@Command(
        name = "delta",
        mixinStandardHelpOptions = true,
        description = "Make the missing exact deltas from each version to the next, then apply them from the first"
                + " version to the last and compare every file with its hash. A trainer makes its own deltas.",
        footerHeading = "%nExamples:%n",
        footer = {"  reflux models delta student --local run", "  reflux models delta student --jump 8"})
final class ModelsDeltaCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "MODEL", description = "Name of the model.")
    private String model = "";

    @Option(
            names = "--jump",
            paramLabel = "N",
            defaultValue = "0",
            description = "Also make deltas from each N-th version to the next N-th (default: none).")
    private int jump;

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        try (StoreOptions.Opened opened = store.open()) {
            ModelRegistry registry = opened.registry();
            registry.reader().require(model, AliasNames.LATEST);
            List<StudentVersion> versions = registry.catalog().versions(model, 1);
            if (versions.size() < 2) {
                throw new UsageException(model + " has one version; a delta needs two, so publish another one first.");
            }
            for (int i = 1; i < versions.size(); i++) {
                add(registry, versions.get(i - 1), versions.get(i), out);
                if (jump > 1 && i % jump == 0) {
                    add(registry, versions.get(i - jump), versions.get(i), out);
                }
            }
            follow(registry.reader(), versions, out);
            return 0;
        }
    }

    private void add(ModelRegistry registry, StudentVersion from, StudentVersion to, PrintWriter out) {
        Optional<DeltaRecord> delta = registry.deltas().add(model, from.version(), to.version());
        long whole = to.bytes();
        out.println(delta.map(made -> String.format(
                        Locale.ROOT,
                        "%d to %d: %d bytes, %.1f %% of the %d that version %d has, %.1f %% of its student.pt",
                        from.version(),
                        to.version(),
                        made.blob().bytes(),
                        100.0 * made.blob().bytes() / whole,
                        whole,
                        to.version(),
                        100.0 * made.blob().bytes() / to.blob(Artifact.STUDENT).bytes()))
                .orElse(String.format(
                        Locale.ROOT, "%d to %d: a delta would save nothing", from.version(), to.version())));
    }

    private void follow(RegistryReader registry, List<StudentVersion> versions, PrintWriter out) {
        DeltaReader deltas = registry.deltas();
        StudentVersion first = versions.get(0);
        StudentVersion last = versions.get(versions.size() - 1);
        Map<Long, DeltaRecord> steps = new HashMap<>();
        for (DeltaRecord delta : deltas.list(model)) {
            steps.merge(delta.to(), delta, (one, other) -> one.from() > other.from() ? one : other);
        }
        Map<Artifact, byte[]> files = registry.files().read(first);
        for (StudentVersion version : versions.subList(1, versions.size())) {
            DeltaRecord step = steps.get(version.version());
            files = step == null ? registry.files().read(version) : deltas.apply(step, files);
        }
        out.println("From version " + first.version() + " to " + last.version() + " step by step: every file is"
                + " identical bit by bit.");
        List<DeltaRecord> cheapest = deltas.cheapestChain(first.version(), last);
        out.println(
                cheapest.isEmpty()
                        ? "A vehicle with version " + first.version() + " fetches version " + last.version()
                                + " whole: that is cheaper than any chain."
                        : "A vehicle with version " + first.version() + " fetches " + cheapest.size() + " deltas, "
                                + cheapest.stream()
                                        .mapToLong(delta -> delta.blob().bytes())
                                        .sum()
                                + " bytes in place of " + last.bytes() + ".");
    }
}
