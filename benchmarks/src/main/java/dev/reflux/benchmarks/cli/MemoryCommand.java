package dev.reflux.benchmarks.cli;

import dev.reflux.benchmarks.memory.MemoryBenchmark;
import dev.reflux.benchmarks.memory.MemoryFigures;
import dev.reflux.cli.bench.BenchmarkCommand;
import dev.reflux.cli.options.ShippedModels;
import dev.reflux.common.launch.Failures;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whether training holds its memory. */
@Command(
        name = "memory",
        mixinStandardHelpOptions = true,
        description = "Train on small frames for many steps and verify that the memory of the process does not grow.",
        footerHeading = "%nThe exit code is 1 if it grows. Linux only.%n%nExamples:%n",
        footer = {
            "  reflux bench memory",
            "  reflux bench memory --steps 20000 --out memory",
        })
public final class MemoryCommand implements BenchmarkCommand {

    private static final int FEWEST_STEPS = 300;

    @Option(names = "--student", paramLabel = "CARD", description = "Card of the student (default: the CNN).")
    private @Nullable Path student;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "2000",
            description =
                    "Number of training steps; the memory at the end is compared with step 200 (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Mixin
    private BenchOptions bench = new BenchOptions();

    @Override
    public Integer call() {
        BenchOptions.atLeast(FEWEST_STEPS, steps, "--steps");
        MemoryBenchmark benchmark = new MemoryBenchmark(
                student == null ? ShippedModels.card("student-cnn") : student,
                bench.torch(),
                steps,
                MemoryBenchmark.REFERENCE_STEP,
                bench.progress());
        MemoryFigures figures = bench.run(benchmark::run);
        bench.tell("memory", figures, figures.text());
        bench.write("memory.svg", figures.plot());
        return figures.flat() ? 0 : Failures.FAILED;
    }
}
