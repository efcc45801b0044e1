package dev.reflux.cli.models;

import dev.reflux.cli.options.StoreOptions;
import dev.reflux.common.launch.Failures;
import dev.reflux.registry.format.AliasNames;
import dev.reflux.registry.format.signing.TrustFile;
import dev.reflux.registry.store.CheckReport;
import dev.reflux.registry.store.RegistryCatalog;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Verifies every file of every version. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = "Fetch every file of every version and compare it with its manifest. The exit code is 1 if a file"
                + " is damaged.",
        footerHeading = "%nExamples:%n",
        footer = {"  reflux models verify", "  reflux models verify student --local run --trust trust.json"})
final class ModelsVerifyCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", arity = "0..1", paramLabel = "MODEL", description = "Name of the model (default: all).")
    private @Nullable String model;

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Option(
            names = "--trust",
            paramLabel = "FILE",
            description = "Trust file; every version must be signed by one of its keys.")
    private @Nullable Path trustFile;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        Optional<TrustFile> trust = Optional.ofNullable(trustFile).map(TrustFile::read);
        try (StoreOptions.Opened opened = store.open()) {
            RegistryCatalog registry = opened.catalog();
            int versions = 0;
            int damaged = 0;
            for (String name : model == null ? registry.models() : List.of(model)) {
                CheckReport report = registry.check(name, trust);
                if (report.versions() == 0) {
                    opened.reader().require(name, AliasNames.LATEST);
                }
                report.findings().forEach(out::println);
                versions += report.versions();
                damaged += report.findings().size();
            }
            out.println(
                    versions + " versions verified, " + (damaged == 0 ? "no damage found." : damaged + " findings."));
            return damaged == 0 ? 0 : Failures.FAILED;
        }
    }
}
