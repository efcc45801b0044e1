package dev.reflux.lab.cli;

import dev.reflux.cli.bench.BenchmarkCommand;
import dev.reflux.cli.options.ComputeOptions;
import dev.reflux.cli.options.TorchWork;
import dev.reflux.lab.learning.LearningMethods;
import dev.reflux.lab.learning.LearningSettings;
import dev.reflux.lab.learning.Protocol;
import dev.reflux.lab.logits.LogitEncodings;
import dev.reflux.lab.logits.LogitsBench;
import dev.reflux.lab.logits.LogitsFigures;
import dev.reflux.lab.logits.LogitsSettings;
import dev.reflux.quickstart.progress.Progress;
import dev.reflux.teacher.publish.WireType;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the teacher's tensors may lose on their way. */
@Command(
        name = "logits",
        mixinStandardHelpOptions = true,
        description =
                "Compare encodings of the teacher's tensors with fp32: bytes per frame, error of the gradient of the"
                        + " distillation loss, and mIoU of the student.",
        footerHeading =
                "%nint8 is the default of the teacher. int4, topK (the K highest classes of each cell, the mean for"
                        + " all others) and half (int8 at half resolution) are experiments that no service writes."
                        + "%nThe folder --out gets logits.json, logits.svg and the finished runs.%n%nExamples:%n",
        footer = {
            "  reflux bench logits --seeds 0",
            "  reflux bench logits --encodings fp32,int8,top2 --seeds 1",
            "  reflux bench logits --dataset camvid:DIR --teacher CARD --size 192x144 --test-every 3 --resume",
        })
public final class LogitsCommand implements BenchmarkCommand {

    @Option(
            names = "--encodings",
            split = ",",
            paramLabel = "E",
            description = "Encodings to compare, fp32 among them (default: fp32, fp16, int8, int4, top3, half).")
    private List<String> encodings = LogitEncodings.STANDARD;

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
            names = "--method",
            paramLabel = "M",
            defaultValue = "hakd",
            description = "Method by which the student learns, as in \"bench learning\" (default: ${DEFAULT-VALUE}).")
    private String method = "";

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "3",
            description =
                    "Number of runs of each encoding; 0 measures bytes and gradients only (default: ${DEFAULT-VALUE}).")
    private int seeds;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "bench-logits",
            description = "Folder for runs and figures (default: ${DEFAULT-VALUE}).")
    private Path out = Path.of(".");

    @Mixin
    private StreamOptions stream = new StreamOptions();

    @Mixin
    private ComputeOptions torch = new ComputeOptions();

    @Override
    public Integer call() {
        LogitsSettings settings = new LogitsSettings(learning(), LogitEncodings.parse(encodings), seeds);
        Progress progress = stream.progress();
        LogitsFigures figures = TorchWork.run(new LogitsBench(settings, StreamOptions.shown(progress))::run);
        stream.tell("logits", figures, figures.text(), figures.plot(), out);
        return 0;
    }

    private LearningSettings learning() {
        return stream.online(
                Protocol.of(protocol), LearningMethods.parse(List.of(method)), WireType.FP32, out, torch.options());
    }
}
