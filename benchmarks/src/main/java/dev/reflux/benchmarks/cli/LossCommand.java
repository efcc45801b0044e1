package dev.reflux.benchmarks.cli;

import dev.reflux.benchmarks.loss.LossBenchmark;
import dev.reflux.benchmarks.loss.LossFigures;
import dev.reflux.cli.bench.BenchmarkCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code reflux bench loss}: the time of the distillation loss. */
@Command(
        name = "loss",
        mixinStandardHelpOptions = true,
        description = "Time the distillation loss beside autograd and beside the listing of the paper.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux bench loss",
            "  reflux bench loss --threads 2 --rounds 100 --out loss",
        })
public final class LossCommand implements BenchmarkCommand {

    @Option(
            names = "--rounds",
            defaultValue = "30",
            description = "Number of rounds of each shape (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Mixin
    private BenchOptions bench = new BenchOptions();

    @Override
    public Integer call() {
        BenchOptions.atLeast(1, rounds, "--rounds");
        LossBenchmark benchmark = new LossBenchmark(bench.torch(), LossBenchmark.SHAPES, rounds, bench.progress());
        LossFigures figures = bench.run(benchmark::run);
        bench.tell("loss", figures, figures.text());
        bench.warnOfPytorch();
        return 0;
    }
}
