package dev.reflux.benchmarks.cli;

import dev.reflux.benchmarks.throughput.ThroughputBenchmark;
import dev.reflux.benchmarks.throughput.ThroughputFigures;
import dev.reflux.benchmarks.throughput.ThroughputSettings;
import dev.reflux.cli.bench.BenchmarkCommand;
import dev.reflux.cli.options.PairOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code reflux bench throughput}: the cost of a frame, and what Kafka adds to it. */
@Command(
        name = "throughput",
        mixinStandardHelpOptions = true,
        description =
                "Time every stage of teacher and trainer, and both services on Kafka beside the same work on frames"
                        + " in memory.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux bench throughput",
            "  reflux bench throughput --frames 32 --teacher-seconds 0 --rounds 2   # a first look, in a minute",
            "  reflux bench throughput --dataset camvid:DIR --teacher CARD --out throughput",
        })
public final class ThroughputCommand implements BenchmarkCommand {

    private static final int FEWEST_FRAMES = 16;

    @Mixin
    private PairOptions pair = new PairOptions();

    @Option(
            names = "--frames",
            paramLabel = "N",
            defaultValue = "80",
            description = "Number of frames of a run of the trainer; the teacher gets up to four times as many"
                    + " (default: ${DEFAULT-VALUE}).")
    private int frames;

    @Option(
            names = "--teacher-seconds",
            paramLabel = "S",
            defaultValue = "20",
            description =
                    "Seconds for which a run of the teacher repeats its frames, up to eight times; 0 makes one pass"
                            + " (default: ${DEFAULT-VALUE}).")
    private int teacherSeconds;

    @Option(
            names = "--rounds",
            defaultValue = "5",
            description = "Number of pairs of runs, on Kafka and in memory (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Mixin
    private BenchOptions bench = new BenchOptions();

    @Override
    public Integer call() {
        BenchOptions.atLeast(FEWEST_FRAMES, frames, "--frames");
        BenchOptions.atLeast(0, teacherSeconds, "--teacher-seconds");
        BenchOptions.atLeast(1, rounds, "--rounds");
        ThroughputSettings settings = new ThroughputSettings(
                pair.dataset(),
                pair.teacher(),
                pair.student(),
                frames,
                teacherSeconds,
                rounds,
                bench.torch().threads());
        ThroughputFigures figures = bench.run(new ThroughputBenchmark(settings, bench.progress())::run);
        bench.tell("throughput", figures, figures.text());
        bench.warnOfPytorch();
        return 0;
    }
}
