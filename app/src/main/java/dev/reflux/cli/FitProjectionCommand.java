package dev.reflux.cli;

import dev.reflux.cli.options.ComputeOptions;
import dev.reflux.cli.options.DatasetOption;
import dev.reflux.cli.options.TorchWork;
import dev.reflux.common.model.ModelCard;
import dev.reflux.datasets.DatasetSplit;
import dev.reflux.quickstart.progress.Console;
import dev.reflux.quickstart.progress.Progress;
import dev.reflux.teacher.TeacherMain;
import dev.reflux.teacher.heads.ProjectionFitListener;
import dev.reflux.teacher.heads.ProjectionFitReport;
import dev.reflux.teacher.heads.ProjectionFitSettings;
import dev.reflux.teacher.heads.ProjectionFitter;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.SegmentationModel;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Fits the projection head of a teacher. */
@Command(
        name = "fit-projection",
        mixinStandardHelpOptions = true,
        description = "Fit the projection head of a teacher on labeled frames, to convergence.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux fit-projection --teacher teacher.json --dataset camvid:DIR",
            "  reflux fit-projection --teacher teacher.json --dataset folder:DIR --frames 400 --out head.safetensors",
        })
final class FitProjectionCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--teacher", paramLabel = "CARD", required = true, description = "Card of the teacher.")
    private Path teacher = Path.of(".");

    @Mixin
    private DatasetOption dataset = new DatasetOption();

    @Option(
            names = "--split",
            defaultValue = "train",
            description = "Split of the data set (default: ${DEFAULT-VALUE}).")
    private String split = "";

    @Option(
            names = "--frames",
            paramLabel = "N",
            defaultValue = "120",
            description = "Number of frames, evenly spread over the split (default: ${DEFAULT-VALUE}).")
    private int frames;

    @Option(names = "--relu", description = "Apply ReLU to the output of the head, as the paper's equation has it.")
    private boolean relu;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "Seed of the choice of cells (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "File of the head (default: beside the card, where a teacher finds it).")
    private @Nullable Path out;

    @Mixin
    private ComputeOptions torch = new ComputeOptions();

    @Override
    public Integer call() {
        DatasetSplit labeled = new DatasetSplit(dataset.open(), split);
        ModelCard card = ModelCard.read(teacher);
        Path target = out == null ? TeacherMain.headBeside(teacher) : out;
        ProjectionFitSettings settings =
                ProjectionFitSettings.DEFAULT.withFrames(frames).withRelu(relu).withSeed(seed);
        Console console = Console.of(spec.commandLine().getErr());
        Progress progress = new Progress(console);
        labeled.leftOut().ifPresent(sentence -> progress.say("  " + sentence));
        progress.doing("fitting the projection head");
        ProjectionFitReport report = TorchWork.run(() -> fit(card, settings, labeled, shown(console)));
        progress.end();
        report.head().write(target);
        spec.commandLine()
                .getOut()
                .printf(
                        Locale.ROOT,
                        "%s: fitted on %d frames, %d cells; BCE %.4f, held out %.4f, mIoU on held-out cells %.1f %%; temperature of the teacher's logits %.2f%n%s%n",
                        report.head().id(),
                        report.frames(),
                        report.cells(),
                        report.trainBce(),
                        report.heldOutBce(),
                        100 * report.heldOutMiou(),
                        report.head().temperature(),
                        target);
        return 0;
    }

    private ProjectionFitReport fit(
            ModelCard card, ProjectionFitSettings settings, DatasetSplit labeled, ProjectionFitListener listener) {
        try (TorchRuntime runtime = TorchRuntime.start(torch.options());
                SegmentationModel model = SegmentationModel.load(
                        runtime, card.modelFile(teacher), card, SegmentationModel.Mode.INFERENCE)) {
            return new ProjectionFitter(runtime, model, card.input().size(), settings).fit(labeled, listener);
        }
    }

    private static ProjectionFitListener shown(Console console) {
        return new ProjectionFitListener() {
            @Override
            public void extracted(int done, int of) {
                console.show("features of frame " + done + " of " + of);
            }

            @Override
            public void searched(double l2, int evaluation, int of, double bce) {
                console.show(String.format(Locale.ROOT, "penalty %.0e, evaluation %d, BCE %.4f", l2, evaluation, bce));
            }
        };
    }
}
