package dev.reflux.cli.bench;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.launch.CommandGroup;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Groups the benchmarks that are on the class path. The application itself has none. */
@Command(
        name = BenchCommand.NAME,
        mixinStandardHelpOptions = true,
        description = "Measure what docs/results publishes, each figure beside its baseline in the same run."
                + " Benchmarks come with a checkout of the sources; an installation has none.",
        commandListHeading = "%nCommands:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux bench loss",
            "  reflux bench memory --steps 2000",
            "  reflux bench throughput --out figures",
            "  reflux bench learning --seeds 1",
        },
        synopsisSubcommandLabel = "COMMAND")
public final class BenchCommand extends CommandGroup {

    /** The name of this command on the command line. */
    public static final String NAME = "bench";

    /**
     * Adds the benchmarks on the class path to the bench command of the root command. Opens every jar of the class path.
     */
    public static void addBenchmarks(CommandLine root) {
        CommandLine bench = Objects.requireNonNull(root.getSubcommands().get(NAME));
        List<CommandLine> found = ServiceLoader.load(BenchmarkCommand.class).stream()
                .map(provider -> new CommandLine(provider.get()))
                .sorted(Comparator.comparing(CommandLine::getCommandName))
                .toList();
        found.forEach(benchmark -> bench.addSubcommand(benchmark.getCommandName(), benchmark));
        // The name of a benchmark that is not installed is then no mistake of its own.
        bench.setUnmatchedArgumentsAllowed(found.isEmpty());
    }

    @Override
    public void run() {
        if (spec().subcommands().isEmpty()) {
            throw new UsageException("No benchmark is on the class path: an installation has none;"
                    + " run \"./reflux bench\" in a checkout of the sources.");
        }
        super.run();
    }
}
