package dev.reflux.cli;

import dev.reflux.cli.options.ComputeOptions;
import dev.reflux.cli.options.LabelOptions;
import dev.reflux.cli.options.LearningRate;
import dev.reflux.cli.options.PairOptions;
import dev.reflux.cli.options.RunOptions;
import dev.reflux.cli.options.StudentSizeOption;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.launch.Failures;
import dev.reflux.quickstart.Quickstart;
import dev.reflux.quickstart.QuickstartSettings;
import dev.reflux.quickstart.processes.RunFolder;
import dev.reflux.quickstart.progress.Console;
import dev.reflux.quickstart.progress.Progress;
import dev.reflux.quickstart.report.RunFacts;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the whole path in one process. */
@Command(
        name = "quickstart",
        mixinStandardHelpOptions = true,
        description = "Run the whole path in one process: Kafka, S3, teacher, trainer, registry and vehicle.",
        footerHeading =
                "%nThe folder --out gets report.html and report.json. The same command resumes an interrupted run. If a"
                        + " teacher has no projection head beside it, one is fitted."
                        + "%n%nExamples:%n",
        footer = {
            "  reflux quickstart",
            "  reflux quickstart --frames 100 --out small",
            "  reflux quickstart --label-every 16 --out few-labels",
            "  reflux quickstart --dataset camvid:DIR --teacher CARD --out camvid-run",
            "  reflux models list --local camvid-run",
        })
final class QuickstartCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private PairOptions pair = new PairOptions();

    @Mixin
    private StudentSizeOption studentSize = new StudentSizeOption();

    @Mixin
    private LearningRate learningRate = new LearningRate();

    @Option(
            names = "--frames",
            paramLabel = "N",
            description = "Number of frames to stream, from the first on (default: all).")
    private @Nullable Integer frames;

    @Mixin
    private LabelOptions labels = new LabelOptions();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "reflux-quickstart",
            description = "Folder of the run (default: ${DEFAULT-VALUE}).")
    private Path out = Path.of(".");

    @Mixin
    private RunOptions run = new RunOptions();

    @Mixin
    private ComputeOptions torch = new ComputeOptions();

    @Override
    public Integer call() {
        if (frames != null && frames < 1) {
            throw new UsageException("--frames is " + frames + "; give a number of frames above 0.");
        }
        QuickstartSettings settings = settings();
        try (RunFolder folder = run.open(out)) {
            return stream(settings);
        }
    }

    private int stream(QuickstartSettings settings) {
        Progress progress = new Progress(Console.of(spec.commandLine().getErr()));
        try (Quickstart quickstart = new Quickstart(settings, progress)) {
            Runtime.getRuntime().addShutdownHook(new Thread(quickstart::stop, "stop"));
            return stream(quickstart, progress);
        }
    }

    private int stream(Quickstart quickstart, Progress progress) {
        try {
            return tell(quickstart.run());
        } catch (Quickstart.Interrupted e) {
            progress.say("Stopped. The same command goes on where this left off.");
            return Failures.FAILED;
        }
    }

    private QuickstartSettings settings() {
        return new QuickstartSettings(
                pair.dataset(),
                pair.teacher(),
                pair.student(),
                studentSize.value(),
                frames == null ? 0 : frames,
                labels.schedule(),
                out,
                torch.options().threads(),
                torch.options().device(),
                run.seed(),
                learningRate.value());
    }

    private int tell(RunFacts facts) {
        PrintWriter out = spec.commandLine().getOut();
        boolean late = facts.labels().later() > 0;
        out.printf(
                Locale.ROOT,
                "student: test mIoU %.1f untrained, %.1f pulled (teacher %.1f)%n",
                100 * facts.before().miou(),
                100 * facts.after().miou(),
                100 * facts.teacher().miou());
        out.printf(
                Locale.ROOT,
                "frames: %d offered%s = %d trained + %d held out%s + %d dead-lettered; %d duplicates%n",
                facts.offered(),
                late ? " + " + facts.labels().later() + " late labels" : "",
                facts.counts().trained(),
                facts.counts().heldOut(),
                late ? " + " + facts.counts().labels() + " labels" : "",
                facts.deadLettered(),
                facts.counts().duplicates());
        if (!facts.labels().all()) {
            out.printf(
                    Locale.ROOT,
                    "labels: %d with their frame, %d later, %d frames without; %s%n",
                    facts.labels().atOnce(),
                    facts.labels().later(),
                    facts.labels().never(),
                    facts.taught().sentence());
        }
        out.printf(
                Locale.ROOT,
                "%d versions, %.1f frames/s, %.0f s in all; look at %s%n",
                facts.versions().size(),
                facts.throughput().framesPerSecond(),
                facts.throughput().totalSeconds(),
                this.out.resolve("report.html"));
        facts.olderThanNewest().ifPresent(out::println);
        out.println("next: reflux models list --local " + this.out);
        if (!facts.complete()) {
            spec.commandLine()
                    .getErr()
                    .println("reflux: the frames do not add up; please report this with "
                            + this.out.resolve("report.json"));
            return Failures.FAILED;
        }
        return 0;
    }
}
