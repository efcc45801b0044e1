package dev.reflux.cli.dev;

import dev.reflux.cli.options.ComputeOptions;
import dev.reflux.cli.options.LabelOptions;
import dev.reflux.cli.options.LearningRate;
import dev.reflux.cli.options.PairOptions;
import dev.reflux.cli.options.RunOptions;
import dev.reflux.cli.options.ShippedModels;
import dev.reflux.cli.options.StudentSizeOption;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.launch.Failures;
import dev.reflux.quickstart.DevPlan;
import dev.reflux.quickstart.DevSettings;
import dev.reflux.quickstart.QuickstartSettings;
import dev.reflux.quickstart.processes.RunFolder;
import dev.reflux.quickstart.processes.SideBySideLog;
import dev.reflux.quickstart.processes.Supervisor;
import dev.reflux.quickstart.progress.Console;
import dev.reflux.quickstart.progress.Progress;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the whole path as separate processes until Ctrl-C. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        description = "Run broker, store, teachers, trainer, registry and a camera as processes of this machine until"
                + " Ctrl-C, with their logs side by side.",
        footerHeading = "%nThe same command resumes a run. A teacher may be killed while another one runs: no frame is"
                + " lost or counted twice. If any other process dies, the rest is ended.%n%nExamples:%n",
        footer = {
            "  reflux dev up",
            "  reflux dev up --teachers 1 --rate 0 --frames 200 --out run",
            "  reflux dev up --dataset camvid:DIR --teacher CARD --kafka-port 9092 --store-port 9000",
        })
final class DevUpCommand implements Callable<Integer> {

    private static final int INTERRUPTED = 130;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private PairOptions pair = new PairOptions();

    @Mixin
    private StudentSizeOption studentSize = new StudentSizeOption();

    @Mixin
    private LearningRate learningRate = new LearningRate();

    @Option(
            names = "--teachers",
            paramLabel = "N",
            defaultValue = "2",
            description =
                    "Number of teachers at the start; \"reflux dev scale\" changes it (default: ${DEFAULT-VALUE}).")
    private int teachers;

    @Option(
            names = "--cameras",
            paramLabel = "N",
            defaultValue = "4",
            description = "Number of cameras, each of which sends every frame (default: ${DEFAULT-VALUE}).")
    private int cameras;

    @Option(
            names = "--rate",
            paramLabel = "FPS",
            defaultValue = "2",
            description = "Frames per second of all cameras together; 0 sends as fast as the broker accepts"
                    + " (default: ${DEFAULT-VALUE}).")
    private double rate;

    @Option(
            names = "--frames",
            paramLabel = "N",
            defaultValue = "0",
            description = "Number of frames after which the camera stops; 0 never stops (default).")
    private int frames;

    @Mixin
    private LabelOptions labels = new LabelOptions();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "reflux-dev",
            description = "Folder of the run (default: ${DEFAULT-VALUE}).")
    private Path out = Path.of(".");

    @Option(
            names = "--kafka-port",
            paramLabel = "N",
            defaultValue = "0",
            description = "Port of the broker; 0 takes a free one (default).")
    private int kafkaPort;

    @Option(
            names = "--store-port",
            paramLabel = "N",
            defaultValue = "0",
            description = "Port of the S3 store; 0 takes a free one (default).")
    private int storePort;

    @Option(
            names = "--registry-port",
            paramLabel = "N",
            defaultValue = "0",
            description = "Port of the registry; 0 takes a free one (default).")
    private int registryPort;

    @Mixin
    private RunOptions run = new RunOptions();

    @Mixin
    private ComputeOptions torch = new ComputeOptions();

    @Override
    public Integer call() {
        if (frames < 0) {
            throw new UsageException("--frames is " + frames + "; give a number above 0, or 0 to never stop.");
        }
        DevSettings settings =
                new DevSettings(path(), launcher(), teachers, cameras, rate, kafkaPort, storePort, registryPort);
        try (RunFolder folder = run.open(out)) {
            return supervise(settings);
        }
    }

    private int supervise(DevSettings settings) {
        int orphans = Supervisor.killOrphans(DevPlan.stateFolder(out));
        if (orphans > 0) {
            spec.commandLine().getErr().println("killed " + orphans + " processes of an earlier run");
        }
        Console console = Console.of(spec.commandLine().getErr());
        DevPlan plan = DevPlan.of(settings, new Progress(console));
        console.done();
        PrintWriter terminal = spec.commandLine().getOut();
        SideBySideLog log = new SideBySideLog(terminal, Console.of(terminal).terminal(), DevPlan.logFolder(out));
        Supervisor supervisor = new Supervisor(plan, DevPlan.stateFolder(out), log);
        Thread stopper = new Thread(supervisor::stop, "stop");
        Runtime.getRuntime().addShutdownHook(stopper);
        boolean stopped = supervisor.run();
        return stopped ? INTERRUPTED : Failures.FAILED;
    }

    private QuickstartSettings path() {
        return new QuickstartSettings(
                pair.dataset(),
                pair.teacher(),
                pair.student(),
                studentSize.value(),
                frames,
                labels.schedule(),
                out,
                torch.options().threads(),
                torch.options().device(),
                run.seed(),
                learningRate.value());
    }

    private static Path launcher() {
        Path launcher = ShippedModels.home().resolve("reflux").toAbsolutePath();
        if (!Files.isExecutable(launcher)) {
            throw new UsageException("The launcher " + launcher + " does not exist, so no service can be started; run"
                    + " this command with ./reflux.");
        }
        return launcher;
    }
}
