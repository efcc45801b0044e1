package dev.reflux.cli;

import dev.reflux.cli.options.ComputeOptions;
import dev.reflux.cli.options.DatasetOption;
import dev.reflux.cli.options.SizeWord;
import dev.reflux.common.launch.Failures;
import dev.reflux.common.shutdown.ClosedAtShutdown;
import dev.reflux.datasets.Dataset;
import dev.reflux.datasets.DatasetSplit;
import dev.reflux.evaluation.SegmentationScore;
import dev.reflux.quickstart.progress.Console;
import dev.reflux.quickstart.progress.Progress;
import dev.reflux.teacher.pretrain.ClassWeights;
import dev.reflux.teacher.pretrain.PretrainListener;
import dev.reflux.teacher.pretrain.PretrainProgress;
import dev.reflux.teacher.pretrain.PretrainReport;
import dev.reflux.teacher.pretrain.PretrainSettings;
import dev.reflux.teacher.pretrain.Pretrainer;
import dev.reflux.torch.TorchRuntime;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a teacher, or a student to start from. */
@Command(
        name = "pretrain",
        mixinStandardHelpOptions = true,
        description = "Train a TorchScript segmentation model on labeled frames: a teacher, or a student to start"
                + " from. The same command resumes an interrupted run from its checkpoint.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux pretrain --model models/student-cnn.json --dataset synthetic --name teacher --out teacher",
            "  reflux pretrain --model backbone.json --dataset camvid:DIR --name mine --epochs 60 --out mine",
            "  reflux pretrain --model models/student-segformer.json --dataset camvid:DIR --size 192x144 \\",
            "      --test-split val --name mine --out mine",
        })
final class PretrainCommand implements Callable<Integer> {

    /** A step, or a pass over the test split, and a checkpoint. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--model", paramLabel = "CARD", required = true, description = "Card of the model to start from.")
    private Path model = Path.of(".");

    @Mixin
    private DatasetOption dataset = new DatasetOption();

    @Option(names = "--split", defaultValue = "train", description = "Split to train on (default: ${DEFAULT-VALUE}).")
    private String split = "";

    @Option(
            names = "--test-split",
            defaultValue = "test",
            description = "Split to score on (default: ${DEFAULT-VALUE}).")
    private String testSplit = "";

    @Option(names = "--name", required = true, description = "Name of the new model.")
    private String name = "";

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "Folder of model, card and checkpoint.")
    private Path out = Path.of(".");

    @Option(names = "--epochs", defaultValue = "40", description = "Number of epochs (default: ${DEFAULT-VALUE}).")
    private int epochs;

    @Option(
            names = "--size",
            paramLabel = "WxH",
            description = "Size of the model's input, which its card will state (default: the card's).")
    private @Nullable String size;

    @Option(
            names = "--evaluate-every",
            paramLabel = "N",
            defaultValue = "5",
            description = "Epochs between scores; the best model is kept (default: ${DEFAULT-VALUE}).")
    private int evaluateEvery;

    @Option(names = "--batch", defaultValue = "8", description = "Frames per step (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(
            names = "--learning-rate",
            defaultValue = "0.002",
            description = "Learning rate at its peak (default: ${DEFAULT-VALUE}).")
    private double learningRate;

    @Option(
            names = "--optimizer",
            defaultValue = "ADAMW",
            description = "Optimizer: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private PretrainSettings.OptimizerKind optimizer = PretrainSettings.OptimizerKind.ADAMW;

    @Option(
            names = "--class-weights",
            defaultValue = "SOFTENED",
            description = "Weights of the classes: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private ClassWeights classWeights = ClassWeights.SOFTENED;

    @Option(names = "--from-scratch", description = "Initialize all weights first.")
    private boolean fromScratch;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "Seed of weights, batches and augmentation (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private ComputeOptions torch = new ComputeOptions();

    @Override
    public Integer call() {
        Dataset frames = dataset.open();
        DatasetSplit train = new DatasetSplit(frames, split);
        DatasetSplit test = new DatasetSplit(frames, testSplit);
        PretrainSettings usual = PretrainSettings.DEFAULT;
        PretrainSettings settings = new PretrainSettings(
                epochs,
                batch,
                SizeWord.of("--size", size),
                usual.window(),
                optimizer,
                learningRate,
                usual.weightDecay(),
                usual.warmUpSteps(),
                usual.power(),
                usual.clipNorm(),
                classWeights,
                usual.lossStride(),
                usual.zoom(),
                usual.photometric(),
                usual.flip(),
                usual.emaDecay(),
                fromScratch,
                evaluateEvery,
                usual.checkpointEvery(),
                usual.loaders(),
                seed);
        Thread worker = Thread.currentThread();
        CountDownLatch ended = new CountDownLatch(1);
        ClosedAtShutdown.of("pre-training", PATIENCE, () -> {
            worker.interrupt();
            ended.await();
        });
        Console console = Console.of(spec.commandLine().getErr());
        Progress progress = new Progress(console);
        for (DatasetSplit used : List.of(train, test)) {
            used.leftOut().ifPresent(sentence -> progress.say("  " + sentence));
        }
        progress.doing("training the model");
        try (TorchRuntime runtime = TorchRuntime.start(torch.options())) {
            PretrainReport report =
                    new Pretrainer(runtime, settings).run(model, train, test, name, out, shown(console));
            console.done();
            tell(report, spec.commandLine().getOut());
            return report.finished() ? 0 : Failures.FAILED;
        } finally {
            progress.end();
            ended.countDown();
        }
    }

    private void tell(PretrainReport report, PrintWriter to) {
        if (!report.finished()) {
            to.println("Interrupted after " + report.steps() + " steps; the same command goes on from there.");
            return;
        }
        SegmentationScore score = report.score();
        to.printf(
                Locale.ROOT,
                "%s: %d steps%s%n%s%n",
                name,
                report.steps(),
                score == null
                        ? ""
                        : String.format(
                                Locale.ROOT,
                                ", best %.2f %% mIoU on %s in epoch %d",
                                100 * score.miou(),
                                testSplit,
                                report.bestEpoch()),
                report.cardFile());
    }

    private static PretrainListener shown(Console console) {
        return new PretrainListener() {
            @Override
            public void gathered(int done, int of) {
                console.show("frame " + done + " of " + of + " gathered");
            }

            @Override
            public void stepped(PretrainProgress now) {
                console.show(String.format(
                        Locale.ROOT,
                        "step %d/%d epoch %d loss %.4f lr %.1e %.0f ms/step %d s left",
                        now.step(),
                        now.steps(),
                        now.epoch(),
                        now.loss(),
                        now.learningRate(),
                        now.millisPerStep(),
                        now.secondsLeft()));
            }

            @Override
            public void evaluated(int epoch, SegmentationScore score, boolean best) {
                console.line(String.format(
                        Locale.ROOT, "epoch %d: %.2f %% mIoU%s", epoch, 100 * score.miou(), best ? ", the best" : ""));
            }
        };
    }
}
