package dev.reflux.cli.dev;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.launch.Failures;
import dev.reflux.quickstart.DevPlan;
import dev.reflux.quickstart.DevSettings;
import dev.reflux.quickstart.processes.Supervisor;
import dev.reflux.quickstart.processes.SupervisorState;
import dev.reflux.quickstart.progress.Console;
import dev.reflux.quickstart.progress.Progress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Adds teachers to a running path, or removes some. */
@Command(
        name = "scale",
        mixinStandardHelpOptions = true,
        description = "Change the number of teachers of a running \"dev up\", and wait until they are ready.",
        footerHeading = "%nExamples:%n",
        footer = {"  reflux dev scale 2", "  reflux dev scale 1 --out run"})
final class DevScaleCommand implements Callable<Integer> {

    private static final Duration READY_WITHIN = Duration.ofMinutes(3);
    private static final long CHECK_MILLIS = 250;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "TEACHERS", description = "Number of teachers.")
    private int teachers;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "reflux-dev",
            description = "Folder of the running \"dev up\" (default: ${DEFAULT-VALUE}).")
    private Path out = Path.of(".");

    @Override
    public Integer call() throws InterruptedException {
        if (teachers < 1 || teachers > DevSettings.MOST_TEACHERS) {
            throw new UsageException(
                    "The number of teachers is " + teachers + "; give 1 to " + DevSettings.MOST_TEACHERS + ".");
        }
        Path state = DevPlan.stateFolder(out);
        Supervisor.requestTeachers(state, teachers);
        Progress progress = new Progress(Console.of(spec.commandLine().getErr()));
        progress.doing("waiting for " + teachers + (teachers == 1 ? " teacher" : " teachers"));
        try {
            return await(state);
        } finally {
            progress.end();
        }
    }

    private int await(Path state) throws InterruptedException {
        long deadline = System.nanoTime() + READY_WITHIN.toNanos();
        while (System.nanoTime() < deadline) {
            List<SupervisorState.Entry> now = teachersOf(state);
            if (now.size() == teachers && now.stream().allMatch(SupervisorState.Entry::isReady)) {
                spec.commandLine()
                        .getOut()
                        .println(teachers + (teachers == 1 ? " teacher is ready." : " teachers are ready."));
                return 0;
            }
            Thread.sleep(CHECK_MILLIS);
        }
        spec.commandLine()
                .getErr()
                .println("reflux: the teachers were not ready within " + READY_WITHIN.toMinutes() + " minutes; see "
                        + DevPlan.logFolder(out) + ".");
        return Failures.FAILED;
    }

    private static List<SupervisorState.Entry> teachersOf(Path state) {
        return SupervisorState.read(Supervisor.stateFile(state))
                .orElseThrow(() -> new UsageException("\"reflux dev up\" has ended meanwhile; start it again."))
                .processes()
                .stream()
                .filter(entry -> entry.name().startsWith("teacher-"))
                .toList();
    }
}
