package dev.reflux.cli;

import dev.reflux.registry.Artifact;
import dev.reflux.registry.ModelRegistry;
import dev.reflux.registry.RegistryException;
import dev.reflux.registry.StudentVersion;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Walks every version and file. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = "Fetch every file of every version and hold it against its manifest. Exit code 1: damage found.",
        footerHeading = "%nExamples:%n",
        footer = {"  reflux models verify", "  reflux models verify student --local run"})
final class ModelsVerifyCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", arity = "0..1", paramLabel = "MODEL", description = "Model line; default: all.")
    private @Nullable String model;

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        try (StoreOptions.Opened opened = store.open()) {
            ModelRegistry registry = opened.registry();
            int versions = 0;
            int damaged = 0;
            for (String name : model == null ? registry.models() : List.of(model)) {
                registry.require(name, ModelRegistry.LATEST);
                long expected = 1;
                for (StudentVersion version : registry.versions(name, 1)) {
                    if (version.version() != expected++) {
                        out.println(name + " has a gap before version " + version.version() + ".");
                        damaged++;
                    }
                    versions++;
                    damaged += damagedFiles(registry, version, out);
                }
            }
            out.println(versions + " versions looked at, "
                    + (damaged == 0 ? "everything is in order." : damaged + " things are wrong."));
            return damaged == 0 ? 0 : Failures.FAILED;
        }
    }

    private static int damagedFiles(ModelRegistry registry, StudentVersion version, PrintWriter out)
            throws IOException {
        int damaged = 0;
        for (Artifact artifact : version.artifacts().keySet()) {
            Path file = Files.createTempFile("reflux-verify", ".bin");
            try {
                registry.download(version, artifact, file);
            } catch (RegistryException e) {
                out.println(e.getMessage());
                damaged++;
            } finally {
                Files.deleteIfExists(file);
            }
        }
        return damaged;
    }
}
