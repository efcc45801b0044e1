package dev.reflux.cli.dev;

import dev.reflux.cli.options.ComputeOptions;
import dev.reflux.cli.options.LearningRate;
import dev.reflux.cli.options.PairOptions;
import dev.reflux.cli.options.ShippedModels;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.launch.Failures;
import dev.reflux.quickstart.DevPlan;
import dev.reflux.quickstart.DevSettings;
import dev.reflux.quickstart.QuickstartSettings;
import dev.reflux.quickstart.Workspace;
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
        description = "Run broker, store, teachers, trainer, registry and a camera as processes of this machine, with"
                + " their logs side by side, until Ctrl-C.",
        footerHeading = "%nThe same command goes on where it stopped. A teacher may be killed while another one runs:"
                + " nothing is lost, nothing counts twice. When any other process dies, the rest ends.%n%nExamples:%n",
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
    private LearningRate learningRate = new LearningRate();

    @Option(
            names = "--teachers",
            paramLabel = "N",
            defaultValue = "2",
            description = "Teachers to begin with; \"reflux dev scale\" changes it (default: ${DEFAULT-VALUE}).")
    private int teachers;

    @Option(
            names = "--cameras",
            paramLabel = "N",
            defaultValue = "4",
            description = "Cameras that each see every frame (default: ${DEFAULT-VALUE}).")
    private int cameras;

    @Option(
            names = "--rate",
            paramLabel = "FPS",
            defaultValue = "2",
            description = "Frames a second over all cameras; 0: as fast as the broker takes them"
                    + " (default: ${DEFAULT-VALUE}).")
    private double rate;

    @Option(
            names = "--frames",
            paramLabel = "N",
            defaultValue = "0",
            description = "The camera stops after so many; 0: never (default).")
    private int frames;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "reflux-dev",
            description = "Folder for everything that is kept (default: ${DEFAULT-VALUE}).")
    private Path out = Path.of(".");

    @Option(names = "--kafka-port", paramLabel = "N", defaultValue = "0", description = "0: a free one (default).")
    private int kafkaPort;

    @Option(names = "--store-port", paramLabel = "N", defaultValue = "0", description = "0: a free one (default).")
    private int storePort;

    @Option(names = "--registry-port", paramLabel = "N", defaultValue = "0", description = "0: a free one (default).")
    private int registryPort;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "Of weights, batches and augmentation (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--fresh", description = "Remove what an earlier run left in --out first.")
    private boolean fresh;

    @Mixin
    private ComputeOptions torch = new ComputeOptions();

    @Override
    public Integer call() {
        if (frames < 0) {
            throw new UsageException("--frames is " + frames + "; give a number above 0, or 0 for no end.");
        }
        DevSettings settings =
                new DevSettings(path(), launcher(), teachers, cameras, rate, kafkaPort, storePort, registryPort);
        if (fresh) {
            Workspace.clear(out);
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
                frames,
                out,
                torch.options().threads(),
                torch.options().device(),
                seed,
                learningRate.value());
    }

    private static Path launcher() {
        Path launcher = ShippedModels.home().resolve("reflux").toAbsolutePath();
        if (!Files.isExecutable(launcher)) {
            throw new UsageException("The launcher " + launcher + " is not there, so no service can be started; run"
                    + " this command through ./reflux.");
        }
        return launcher;
    }
}
