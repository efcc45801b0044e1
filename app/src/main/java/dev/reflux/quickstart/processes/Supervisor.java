package dev.reflux.quickstart.processes;

import dev.reflux.common.failure.UsageException;
import dev.reflux.quickstart.processes.ProcessSpec.Ending;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Starts processes in order, watches them, and ends them in the opposite order.
 *
 * <ol>
 *   <li>A stage starts when every process of the stage before it is ready.
 *   <li>If a process ends whose work no other process shares, the log says which and why, and the rest is ended.
 *   <li>After a signal or a failure, no process outlives the supervisor. The processes of a killed supervisor are killed
 *       by the next one on the same folder.
 *   <li>One supervisor runs on a folder at a time.
 * </ol>
 *
 * {@link #run} belongs to one thread; {@link #stop} may be called by any other.
 */
public final class Supervisor {

    private static final Duration READY_WITHIN = Duration.ofMinutes(3);
    private static final Duration STATUS_INTERVAL = Duration.ofSeconds(10);
    private static final String TAKEN =
            "Another \"reflux dev up\" runs on this folder; end it first or choose another --out.";
    private static final long CHECK_MILLIS = 200;

    private final Plan plan;
    private final Path folder;
    private final SideBySideLog log;
    private final ProcessGroup processes;
    private final ScaleRequest scaleRequest;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    /** What a supervisor runs. */
    public interface Plan {

        /** Returns the stages, first to last. */
        List<Stage> stages();

        /** Returns a teacher, which can be added and removed, by its number from 1. */
        ProcessSpec teacher(int number);

        /** Returns the lines that are logged once everything is ready. */
        List<String> announcement();

        /** Returns the line that is logged from time to time if it has changed; empty if nothing is known. */
        String status();
    }

    /**
     * Processes that start together.
     *
     * @param then runs once they are ready, before the next stage
     */
    public record Stage(List<ProcessSpec> processes, Runnable then) {

        public Stage {
            processes = List.copyOf(processes);
        }
    }

    /** @param folder the folder of the supervisor's own files: its state, its lock and requests to scale */
    public Supervisor(Plan plan, Path folder, SideBySideLog log) {
        this.plan = plan;
        this.folder = folder;
        this.log = log;
        this.processes = new ProcessGroup(stateFile(folder), log);
        this.scaleRequest = new ScaleRequest(folder);
    }

    /** Returns the file with the {@linkplain SupervisorState state} of the supervisor of a folder. */
    public static Path stateFile(Path folder) {
        return folder.resolve("dev.json");
    }

    /**
     * Kills the processes that a killed supervisor of a folder has left, so that their ports are free. The caller has the
     * folder to itself.
     *
     * @return their number
     */
    public static int killOrphans(Path folder) {
        return SupervisorState.read(stateFile(folder))
                .map(SupervisorState::killOrphans)
                .orElse(0);
    }

    /**
     * Requests a number of teachers from the supervisor of a folder, and returns at once.
     *
     * @throws UsageException if none runs there
     */
    public static void requestTeachers(Path folder, int teachers) {
        boolean runs = SupervisorState.read(stateFile(folder))
                .flatMap(state -> ProcessHandle.of(state.supervisor()))
                .isPresent();
        if (!runs) {
            throw new UsageException("No \"reflux dev up\" runs on "
                    + folder.toAbsolutePath().normalize().getParent() + "; start one, or name its folder with --out.");
        }
        new ScaleRequest(folder).send(teachers);
    }

    /** Makes {@link #run} end everything, and waits until it has. */
    public void stop() {
        stop.countDown();
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Runs until it is stopped or a process fails.
     *
     * @return whether it was stopped
     * @throws UsageException if another supervisor runs on the folder
     */
    public boolean run() {
        try (FolderLock lock = FolderLock.acquire(folder.resolve("dev.lock"), TAKEN)) {
            scaleRequest.clear();
            try {
                return start() && watch();
            } finally {
                endAll();
                processes.deleteState();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            ended.countDown();
        }
    }

    /** @return false if a process failed, true if all are ready or it was stopped */
    private boolean start() {
        for (Stage stage : plan.stages()) {
            stage.processes().forEach(processes::start);
            if (!awaitReady()) {
                return false;
            }
            if (stopped(0)) {
                return true;
            }
            stage.then().run();
        }
        plan.announcement().forEach(log::say);
        return true;
    }

    private boolean awaitReady() {
        long deadline = System.nanoTime() + READY_WITHIN.toNanos();
        while (!stopped(CHECK_MILLIS)) {
            if (!handleEnded()) {
                return false;
            }
            List<String> waiting = processes.notReady();
            if (waiting.isEmpty()) {
                processes.writeState();
                return true;
            }
            if (System.nanoTime() > deadline) {
                log.say("not ready within " + READY_WITHIN.toSeconds() + " s: " + String.join(", ", waiting));
                return false;
            }
        }
        return true;
    }

    private boolean watch() {
        long logged = System.nanoTime();
        String status = "";
        while (!stopped(CHECK_MILLIS)) {
            if (!handleEnded()) {
                return false;
            }
            if (System.nanoTime() - logged > STATUS_INTERVAL.toNanos()) {
                logged = System.nanoTime();
                status = logStatus(status);
            }
            OptionalInt wanted = scaleRequest.take();
            if (wanted.isPresent() && !scale(wanted.getAsInt())) {
                return false;
            }
        }
        return true;
    }

    private String logStatus(String before) {
        String status = plan.status();
        if (!status.isEmpty() && !status.equals(before)) {
            log.say(status);
        }
        return status;
    }

    /** @return false if a process has ended that the others need */
    private boolean handleEnded() {
        boolean goOn = true;
        for (RunningProcess process : processes.removeEnded()) {
            goOn &= canGoOnWithout(process);
        }
        return goOn;
    }

    private boolean canGoOnWithout(RunningProcess process) {
        if (process.spec().ending() == Ending.EXPECTED && process.succeeded()) {
            log.say(process.name() + " is done");
            return true;
        }
        log.say(process.exitReason() + "; its last lines:");
        process.lastLines().forEach(line -> log.say("  " + line));
        if (process.spec().ending() == Ending.SHARED && !processes.sharing().isEmpty()) {
            log.say("the other teachers take over the work of " + process.name()
                    + "; \"reflux dev scale\" starts another one");
            return true;
        }
        log.say("nothing goes on without " + process.name() + ": ending the rest");
        return false;
    }

    private boolean scale(int wanted) {
        List<RunningProcess> teachers = processes.sharing();
        List<RunningProcess> tooMany = teachers.subList(Math.min(wanted, teachers.size()), teachers.size());
        processes.end(tooMany::contains);
        for (int missing = wanted - teachers.size(); missing > 0; missing--) {
            processes.start(plan.teacher(lowestFree()));
        }
        if (!awaitReady()) {
            return false;
        }
        log.say(wanted == 1 ? "1 teacher is ready" : wanted + " teachers are ready");
        return true;
    }

    /** A teacher with the number of a dead one has its transactional id, and so aborts its open transaction. */
    private int lowestFree() {
        List<String> names = processes.names();
        int number = 1;
        while (names.contains(plan.teacher(number).name())) {
            number++;
        }
        return number;
    }

    /** Ends stage by stage, last first: clients of the broker end before the broker does. */
    private void endAll() {
        List<Stage> stages = new ArrayList<>(plan.stages());
        Collections.reverse(stages);
        for (Stage stage : stages) {
            List<String> names =
                    stage.processes().stream().map(ProcessSpec::name).toList();
            boolean hasTeachers = stage.processes().stream().anyMatch(spec -> spec.ending() == Ending.SHARED);
            processes.end(one ->
                    names.contains(one.name()) || hasTeachers && one.spec().ending() == Ending.SHARED);
        }
        processes.end(any -> true);
    }

    private boolean stopped(long withinMillis) {
        try {
            return stop.await(withinMillis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
