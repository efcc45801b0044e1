package dev.reflux.lab.cli;

import dev.reflux.benchmarks.report.FigureFile;
import dev.reflux.cli.bench.BenchmarkCommand;
import dev.reflux.cli.options.ComputeOptions;
import dev.reflux.cli.options.TorchWork;
import dev.reflux.common.failure.UsageException;
import dev.reflux.lab.learning.LearningMethods;
import dev.reflux.lab.learning.Protocol;
import dev.reflux.lab.poison.Poison;
import dev.reflux.lab.poison.PoisonBench;
import dev.reflux.lab.poison.PoisonFigures;
import dev.reflux.lab.poison.PoisonSettings;
import dev.reflux.teacher.publish.WireType;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code reflux bench poison}: what poisons do to a student with and without the guard. */
@Command(
        name = "poison",
        mixinStandardHelpOptions = true,
        description =
                "Train students on poisoned streams, with and without the trainer's guard, and score them on test.",
        footerHeading = "%nThe folder --out gets poison.json, the curves poison.svg and poison-unguarded.svg, and the"
                + " finished runs.%n%nExamples:%n",
        footer = {
            "  reflux bench poison",
            "  reflux bench poison --poisons permuted-labels,black-camera --size 128x80 --test-every 3",
        })
public final class PoisonCommand implements BenchmarkCommand {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--poisons",
            split = ",",
            paramLabel = "P",
            description = "Poisons (default: all of ${COMPLETION-CANDIDATES}).",
            completionCandidates = Words.class)
    private List<String> poisons = words();

    @Option(
            names = "--method",
            paramLabel = "M",
            defaultValue = "hakd",
            description = "Method by which the students learn, as in \"bench learning\" (default: ${DEFAULT-VALUE}).")
    private String method = "";

    @Option(
            names = "--from",
            paramLabel = "F",
            defaultValue = "0.4",
            description = "Part of the stream that is clean before the poison begins (default: ${DEFAULT-VALUE}).")
    private double from;

    @Option(
            names = "--points",
            paramLabel = "N",
            defaultValue = "10",
            description = "Number of times that a student is scored on its way (default: ${DEFAULT-VALUE}).")
    private int points;

    @Option(
            names = "--cameras",
            paramLabel = "N",
            defaultValue = "4",
            description = "Number of cameras whose frames are streamed (default: ${DEFAULT-VALUE}).")
    private int cameras;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "1",
            description = "Number of students of each kind (default: ${DEFAULT-VALUE}).")
    private int seeds;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "bench-poison",
            description = "Folder for runs and figures (default: ${DEFAULT-VALUE}).")
    private Path out = Path.of(".");

    @Mixin
    private StreamOptions stream = new StreamOptions();

    @Mixin
    private ComputeOptions torch = new ComputeOptions();

    /** The names of all poisons, for the help. */
    static final class Words implements Iterable<String> {
        @Override
        public java.util.Iterator<String> iterator() {
            return words().iterator();
        }
    }

    private static List<String> words() {
        return Arrays.stream(Poison.values()).map(Poison::word).toList();
    }

    @Override
    public Integer call() {
        if (!(from >= 0 && from < 1) || points < 1 || seeds < 1 || cameras < 1) {
            throw new UsageException(
                    "--from is at least 0 and below 1, and --cameras, --points and --seeds are 1 or more.");
        }
        PoisonSettings settings = new PoisonSettings(
                stream.online(
                        Protocol.STREAM, LearningMethods.parse(List.of(method)), WireType.INT8, out, torch.options()),
                poisons.stream()
                        .map(word -> StreamOptions.word("--poisons", word.replace('-', '_'), Poison.class))
                        .toList(),
                cameras,
                seeds,
                from,
                points);
        PoisonFigures figures = TorchWork.run(new PoisonBench(settings, StreamOptions.shown(stream.progress()))::run);
        stream.tell("poison", figures, figures.text(), figures.plot(true), out);
        FigureFile.writeBeside(out, "poison-unguarded.svg", figures.plot(false));
        spec.commandLine().getOut().flush();
        return 0;
    }
}
