package dev.reflux.lab.cli;

import dev.reflux.cli.bench.BenchmarkCommand;
import dev.reflux.cli.options.ComputeOptions;
import dev.reflux.cli.options.TorchWork;
import dev.reflux.lab.learning.LearningMethods;
import dev.reflux.lab.learning.LearningSettings;
import dev.reflux.lab.learning.Protocol;
import dev.reflux.lab.truth.TruthBench;
import dev.reflux.lab.truth.TruthFigures;
import dev.reflux.lab.truth.TruthSettings;
import dev.reflux.quickstart.progress.Progress;
import dev.reflux.teacher.publish.WireType;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code reflux bench truth}: where the teacher is wrong, and how much of it KMM takes there. */
@Command(
        name = "truth",
        mixinStandardHelpOptions = true,
        description =
                "Train a student on the stream, then show for each class where the teacher is wrong on test and how"
                        + " much weight KMM gives it there.",
        footerHeading = "%nA published student has no projection head, so this command trains its own."
                + "%nThe folder --out gets truth.json, a heat map truth.svg and the finished runs.%n%nExamples:%n",
        footer = {
            "  reflux bench truth",
            "  reflux bench truth --dataset camvid:DIR --teacher CARD --size 192x144 --test-every 3 --seeds 3",
        })
public final class TruthCommand implements BenchmarkCommand {

    @Option(
            names = "--method",
            paramLabel = "M",
            defaultValue = "hakd",
            description = "Method by which the student learns, as in \"bench learning\" (default: ${DEFAULT-VALUE}).")
    private String method = "";

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "1",
            description = "Number of students (default: ${DEFAULT-VALUE}).")
    private int seeds;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "bench-truth",
            description = "Folder for runs and figures (default: ${DEFAULT-VALUE}).")
    private Path out = Path.of(".");

    @Mixin
    private StreamOptions stream = new StreamOptions();

    @Mixin
    private ComputeOptions torch = new ComputeOptions();

    @Override
    public Integer call() {
        TruthSettings settings = new TruthSettings(learning(), seeds);
        Progress progress = stream.progress();
        TruthFigures figures = TorchWork.run(new TruthBench(settings, StreamOptions.shown(progress))::run);
        stream.tell("truth", figures, figures.text(), figures.plot(), out);
        return 0;
    }

    private LearningSettings learning() {
        return stream.online(
                Protocol.STREAM, LearningMethods.parse(List.of(method)), WireType.INT8, out, torch.options());
    }
}
