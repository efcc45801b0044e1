package dev.reflux.cli;

import dev.reflux.cli.options.ComputeOptions;
import dev.reflux.cli.options.DatasetOption;
import dev.reflux.cli.options.SizeWord;
import dev.reflux.cli.options.TorchWork;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.model.ModelCard;
import dev.reflux.datasets.Dataset;
import dev.reflux.datasets.DatasetSplit;
import dev.reflux.evaluation.SegmentationScore;
import dev.reflux.quickstart.evaluate.DatasetEvaluator;
import dev.reflux.quickstart.progress.Console;
import dev.reflux.quickstart.progress.Progress;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.SegmentationModel;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Scores a model on a data set. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        description = "Score a model on a data set: mIoU in all, by class and by domain.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux evaluate --model models/teacher-synthetic.json --dataset synthetic",
            "  reflux evaluate --model run/vehicle/current/student.json --dataset camvid:DIR --split test",
            "  reflux evaluate --model teacher.json --dataset camvid:DIR --size 320x240",
        })
final class EvaluateCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--model",
            paramLabel = "FILE",
            required = true,
            description = "Card of the model (.json), or its TorchScript file (.pt) with the card beside it.")
    private Path model = Path.of(".");

    @Mixin
    private DatasetOption dataset = new DatasetOption();

    @Option(
            names = "--split",
            defaultValue = "test",
            description = "Split of the data set (default: ${DEFAULT-VALUE}).")
    private String split = "";

    @Option(names = "--size", paramLabel = "WxH", description = "Size of the model's input (default: the card's).")
    private @Nullable String size;

    @Mixin
    private ComputeOptions torch = new ComputeOptions();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Dataset frames = dataset.open();
        DatasetSplit scored = new DatasetSplit(frames, split);
        int count = scored.count();
        Path cardFile = cardOf(model);
        ModelCard card = ModelCard.read(cardFile);
        ImageSize wanted = SizeWord.of("--size", size);
        ImageSize view = wanted == null ? card.input().size() : wanted;
        Console console = Console.of(spec.commandLine().getErr());
        Progress progress = new Progress(console);
        scored.leftOut().ifPresent(sentence -> progress.say("  " + sentence));
        progress.doing("loading PyTorch and the model");
        SegmentationScore score = TorchWork.run(
                () -> score(card, cardFile, view, frames, done -> progress.show("frames", done, count, "")));
        progress.end();
        out.printf(
                Locale.ROOT, "%s on %s/%s, %d frames, at %s%n", card.name(), frames.id(), split, score.frames(), view);
        out.printf(Locale.ROOT, "  mIoU            %6.2f %%%n", 100 * score.miou());
        out.printf(Locale.ROOT, "  pixel accuracy  %6.2f %%%n", 100 * score.pixelAccuracy());
        table(out, "by class", score.perClass());
        table(out, "by domain", score.perDomain());
        return 0;
    }

    private SegmentationScore score(ModelCard card, Path cardFile, ImageSize view, Dataset frames, IntConsumer done) {
        try (TorchRuntime runtime = TorchRuntime.start(torch.options());
                SegmentationModel loaded = SegmentationModel.load(
                        runtime, card.modelFile(cardFile), card, SegmentationModel.Mode.INFERENCE)) {
            return new DatasetEvaluator(runtime)
                    .score(loaded, frames, split, view, (place, image, label, predicted) -> {}, done);
        }
    }

    private static void table(PrintWriter out, String title, Map<String, Double> values) {
        out.println(title);
        values.forEach((name, value) -> out.printf(
                "  %-24s %s%n",
                name, Double.isNaN(value) ? "      -" : String.format(Locale.ROOT, "%6.2f %%", 100 * value)));
    }

    private static Path cardOf(Path model) {
        String name = String.valueOf(model.getFileName());
        return name.endsWith(".pt") ? model.resolveSibling(name.substring(0, name.length() - 3) + ".json") : model;
    }
}
