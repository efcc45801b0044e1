package dev.reflux.benchmarks.cli;

import dev.reflux.benchmarks.watchers.WatchersBench;
import dev.reflux.benchmarks.watchers.WatchersReport;
import dev.reflux.benchmarks.watchers.WatchersResult;
import dev.reflux.cli.bench.BenchmarkCommand;
import dev.reflux.common.failure.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code reflux bench watchers}: how many vehicles can watch an alias of one registry. */
@Command(
        name = "watchers",
        mixinStandardHelpOptions = true,
        description =
                "Measure the memory and the delay of many watchers of one registry on the loopback interface, half of"
                        + " them long-polling and half on event streams. Each watcher needs an open file here and one in the JVM"
                        + " of the registry (see ulimit -n).",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux bench watchers",
            "  reflux bench watchers --watchers 2000 --heap 128 --out results",
        })
public final class WatchersCommand implements BenchmarkCommand {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--watchers",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Number of watchers (default: ${DEFAULT-VALUE}).")
    private int watchers;

    @Option(
            names = "--heap",
            paramLabel = "MIB",
            defaultValue = "256",
            description = "Heap of the registry's JVM in MiB (default: ${DEFAULT-VALUE}).")
    private int heapMib;

    @Option(
            names = "--poll",
            paramLabel = "MILLIS",
            defaultValue = "1000",
            description = "Interval in milliseconds at which the registry reads the store (default: ${DEFAULT-VALUE}).")
    private long pollMillis;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Folder that gets watchers.json and watchers.md (default: none is written).")
    private @Nullable Path folder;

    @Override
    public Integer call() throws Exception {
        if (watchers < 2 || watchers > 25_000 || heapMib < 32 || pollMillis < 1) {
            throw new UsageException(
                    "--watchers is 2 to 25000 (one address has no more ports), --heap at least 32, --poll at least 1.");
        }
        PrintWriter out = spec.commandLine().getOut();
        Path scratch = Files.createTempDirectory("reflux-bench");
        try {
            WatchersResult result =
                    new WatchersBench(scratch, watchers, heapMib, pollMillis, step -> out.println("  " + step)).run();
            out.println();
            out.println(WatchersReport.text(result));
            Optional.ofNullable(folder).ifPresent(to -> WatchersReport.write(result, to));
            return 0;
        } catch (IOException e) {
            throw new UsageException(
                    "The watchers were not all served (" + e.getMessage() + "); try fewer, a larger --heap, or more"
                            + " open files (ulimit -n).",
                    e);
        } finally {
            try (Stream<Path> files = Files.walk(scratch)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
