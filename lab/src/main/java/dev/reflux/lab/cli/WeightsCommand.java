package dev.reflux.lab.cli;

import dev.reflux.cli.bench.BenchmarkCommand;
import dev.reflux.cli.options.ComputeOptions;
import dev.reflux.cli.options.TorchWork;
import dev.reflux.common.failure.UsageException;
import dev.reflux.lab.learning.LearningMethod;
import dev.reflux.lab.learning.LearningMethods;
import dev.reflux.lab.learning.Protocol;
import dev.reflux.lab.weights.WeightsBench;
import dev.reflux.quickstart.progress.Progress;
import dev.reflux.teacher.publish.WireType;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code reflux bench weights}: which cells KMM, KEM and the gradients of the loss weigh. */
@Command(
        name = "weights",
        mixinStandardHelpOptions = true,
        description =
                "Train a student on the stream, then show which cells KMM, KEM and the gradients of the loss weigh:"
                        + " boundaries, cells of mixed labels, cells where the teacher is wrong.",
        footerHeading =
                "%nThe folder --out gets weights.json, pictures of some test frames (weights.svg) and the run.%n%n"
                        + "Examples:%n",
        footer = {
            "  reflux bench weights",
            "  reflux bench weights --dataset camvid:DIR --teacher CARD --size 192x144 --test-every 3",
        })
public final class WeightsCommand implements BenchmarkCommand {

    @Option(
            names = "--method",
            paramLabel = "M",
            defaultValue = "hakd",
            description = "Method by which the student learns, as in \"bench learning\" (default: ${DEFAULT-VALUE}).")
    private String method = "";

    @Option(
            names = "--frames",
            paramLabel = "N",
            defaultValue = "60",
            description = "Number of frames of each split that are measured (default: ${DEFAULT-VALUE}).")
    private int frames;

    @Option(
            names = "--pictures",
            paramLabel = "N",
            defaultValue = "4",
            description = "Number of test frames in the pictures (default: ${DEFAULT-VALUE}).")
    private int pictures;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "bench-weights",
            description = "Folder for the run and the figures (default: ${DEFAULT-VALUE}).")
    private Path out = Path.of(".");

    @Mixin
    private StreamOptions stream = new StreamOptions();

    @Mixin
    private ComputeOptions torch = new ComputeOptions();

    @Override
    public Integer call() {
        requirePositive("--frames", frames);
        requirePositive("--pictures", pictures);
        Progress progress = stream.progress();
        WeightsBench bench = new WeightsBench(
                stream.online(Protocol.STREAM, List.of(projecting()), WireType.INT8, out, torch.options()),
                frames,
                pictures,
                StreamOptions.shown(progress));
        WeightsBench.Result result = TorchWork.run(bench::run);
        stream.tell("weights", result.figures(), result.figures().text(), result.pictures(), out);
        return 0;
    }

    private static void requirePositive(String option, int number) {
        if (number < 1) {
            throw new UsageException(option + " is " + number + "; give 1 or more.");
        }
    }

    private LearningMethod projecting() {
        LearningMethod one = LearningMethods.parse(List.of(method)).get(0);
        if (!one.loss().usesProjected()) {
            throw new UsageException(
                    "The method " + method + " has no projected logits; give --method hakd, or one that begins so.");
        }
        return one;
    }
}
