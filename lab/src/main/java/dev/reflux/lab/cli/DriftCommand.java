package dev.reflux.lab.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.benchmarks.report.Machine;
import dev.reflux.cli.bench.BenchmarkCommand;
import dev.reflux.common.failure.UsageException;
import dev.reflux.lab.drift.DriftBenchmark;
import dev.reflux.lab.drift.DriftFigures;
import dev.reflux.quickstart.progress.Console;
import dev.reflux.quickstart.progress.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Delay and false alarms of drift detectors. */
@Command(
        name = "drift",
        mixinStandardHelpOptions = true,
        description = "Measure delay and false alarms of drift detectors on streams with a known change point.",
        footerHeading = "%nExamples:%n",
        footer = {"  reflux bench drift", "  reflux bench drift --streams 1000 --out figures"})
public final class DriftCommand implements BenchmarkCommand {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--streams",
            paramLabel = "N",
            defaultValue = "200",
            description = "Number of streams of each kind (default: ${DEFAULT-VALUE}).")
    private int streams;

    @Option(names = "--out", paramLabel = "DIR", description = "Folder for drift.json (default: none is written).")
    private @Nullable Path out;

    @Override
    public Integer call() {
        if (streams < 1) {
            throw new UsageException("--streams is " + streams + "; give 1 or more.");
        }
        Progress progress = new Progress(Console.of(spec.commandLine().getErr()));
        List<DriftFigures> figures =
                new DriftBenchmark(streams).run(done -> progress.show("rows", done, DriftBenchmark.rows(), ""));
        spec.commandLine().getOut().println(DriftBenchmark.table(figures));
        spec.commandLine().getOut().println(streams + " streams of each kind; delays in figures; " + Machine.here());
        if (out != null) {
            write(out, Map.of("machine", Machine.here(), "figures", figures));
        }
        return 0;
    }

    private static void write(Path folder, Object json) {
        try {
            Files.createDirectories(folder);
            new ObjectMapper()
                    .writerWithDefaultPrettyPrinter()
                    .writeValue(folder.resolve("drift.json").toFile(), json);
        } catch (IOException e) {
            throw new UsageException("The folder " + folder + " cannot be written; choose another --out.", e);
        }
    }
}
