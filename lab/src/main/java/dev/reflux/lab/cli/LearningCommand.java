package dev.reflux.lab.cli;

import dev.reflux.cli.bench.BenchmarkCommand;
import dev.reflux.cli.options.ComputeOptions;
import dev.reflux.cli.options.LearningRate;
import dev.reflux.cli.options.TorchWork;
import dev.reflux.lab.learning.LearningBench;
import dev.reflux.lab.learning.LearningMethods;
import dev.reflux.lab.learning.LearningReport;
import dev.reflux.lab.learning.LearningSettings;
import dev.reflux.lab.learning.Protocol;
import dev.reflux.quickstart.progress.Progress;
import dev.reflux.teacher.publish.WireType;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Every way to learn, on the same stream. */
@Command(
        name = "learning",
        mixinStandardHelpOptions = true,
        description = "Compare the methods by which a student learns a stream, with the same frames, start and cost.",
        footerHeading =
                "%nA method can have its own settings, NAME:key=value, with the keys " + LearningMethods.SETTINGS
                        + ".%nThe folder --out gets learning.md, learning.json and two plots.%n%nExamples:%n",
        footer = {
            "  reflux bench learning --seeds 1",
            "  reflux bench learning --dataset camvid:DIR --teacher CARD --size 240x180 --test-every 3 --resume",
            "  reflux bench learning --dataset camvid:DIR --teacher CARD --protocol validation \\",
            "      --methods hakd,hakd:tau=0.7,hakd:axis=classes --replay on --out tuning",
        })
public final class LearningCommand implements BenchmarkCommand {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--protocol",
            paramLabel = "P",
            defaultValue = "stream",
            description =
                    "Protocol. stream: train once in order, score on test; cyclic: repeat the longest sequence at the"
                            + " end; validation: hold out and score stretches of train, and do not read test"
                            + " (default: ${DEFAULT-VALUE}).")
    private String protocol = "";

    @Option(
            names = "--split-for-choices",
            description = "Same as --protocol validation, the protocol on which settings are chosen.")
    private boolean choices;

    @Option(
            names = "--methods",
            split = ",",
            paramLabel = "M",
            description = "Methods to compare (default: frozen, ce, ce+kl, skd, cwd, hakd, hakd-no-kmm,"
                    + " hakd-no-kem, hakd-no-kmm-no-kem, offline).")
    private List<String> methods = LearningMethods.STANDARD;

    @Option(
            names = "--replay",
            paramLabel = "R",
            defaultValue = "both",
            description = "Replay: on, off or both (default: ${DEFAULT-VALUE}).")
    private String replay = "";

    @Option(
            names = "--without-replay",
            split = ",",
            paramLabel = "M",
            description = "Methods that also run without replay, with --replay both (default: all).")
    private List<String> withoutReplay = List.of();

    @Option(
            names = "--equal-time",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Run slower methods again with as many steps as the fastest one's time allows"
                    + " (default: ${DEFAULT-VALUE}).")
    private boolean equalTime;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "3",
            description = "Number of seeds (default: ${DEFAULT-VALUE}).")
    private int seeds;

    @Option(
            names = "--updates",
            paramLabel = "N",
            defaultValue = "4",
            description = "Optimizer steps for each window of new frames (default: ${DEFAULT-VALUE}).")
    private int updates;

    @Option(
            names = "--new-frames",
            paramLabel = "N",
            defaultValue = "4",
            description = "Number of new frames in a window (default: ${DEFAULT-VALUE}).")
    private int newFrames;

    @Option(
            names = "--replayed-frames",
            paramLabel = "N",
            defaultValue = "4",
            description = "Number of replayed frames in a step (default: ${DEFAULT-VALUE}).")
    private int replayedFrames;

    @Option(
            names = "--offline-epochs",
            paramLabel = "N",
            defaultValue = "20",
            description = "Epochs of the method \"offline\", the upper bound (default: ${DEFAULT-VALUE}).")
    private int offlineEpochs;

    @Option(
            names = "--wire",
            paramLabel = "T",
            defaultValue = "int8",
            description = "Encoding of the teacher's tensors: int8, fp16 or fp32 (default: ${DEFAULT-VALUE}).")
    private String wire = "";

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "bench-learning",
            description = "Folder for runs and report (default: ${DEFAULT-VALUE}).")
    private Path out = Path.of(".");

    @Mixin
    private StreamOptions stream = new StreamOptions();

    @Mixin
    private LearningRate learningRate = new LearningRate();

    @Mixin
    private ComputeOptions torch = new ComputeOptions();

    @Override
    public Integer call() {
        Progress progress = stream.progress();
        LearningReport report = TorchWork.run(new LearningBench(settings(), StreamOptions.shown(progress))::run);
        report.write(out, stream.commandLine());
        spec.commandLine().getOut().println(report.text());
        progress.say("Written to " + out + ": learning.md, learning.json, learning.svg, learning-test.svg.");
        return 0;
    }

    private LearningSettings settings() {
        return new LearningSettings(
                stream.dataset(),
                choices ? Protocol.VALIDATION : Protocol.of(protocol),
                stream.teacher(),
                stream.projection(),
                stream.student(),
                stream.teacherView(),
                stream.view(),
                LearningMethods.parse(methods, learningRate.value()),
                StreamOptions.word("--replay", replay, LearningSettings.Replay.class),
                withoutReplay,
                equalTime,
                seeds,
                updates,
                learningRate.value(),
                newFrames,
                replayedFrames,
                stream.testEvery(),
                offlineEpochs,
                StreamOptions.word("--wire", wire, WireType.class),
                out,
                stream.cache(out),
                stream.resume(),
                torch.options());
    }
}
