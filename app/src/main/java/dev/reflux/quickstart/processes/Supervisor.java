package dev.reflux.quickstart.processes;

import dev.reflux.common.failure.UsageException;
import dev.reflux.quickstart.processes.ProcessSpec.Ending;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Starts processes in order, watches them, ends them in the opposite order.
 *
 * <ol>
 *   <li>A stage starts when every process of the one before it is ready.
 *   <li>When a process dies whose work nobody shares, it says which and why, and ends the rest.
 *   <li>Whatever ends it, a signal or a failure, no process of its own outlives it; what a killed supervisor left is
 *       ended by the next one on the same folder.
 *   <li>One supervisor runs on a folder at a time.
 * </ol>
 *
 * {@link #run} is one thread's; {@link #stop} any other's.
 */
public final class Supervisor {

    private static final Duration READY_WITHIN = Duration.ofMinutes(3);
    private static final Duration STANDING_EVERY = Duration.ofSeconds(10);
    private static final long LOOK_EVERY_MILLIS = 200;
    private static final String STATE = "dev.json";
    private static final String LOCK = "dev.lock";
    private static final String WISH = "teachers.wanted";

    private final Plan plan;
    private final Path folder;
    private final SideBySideLog log;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();
    private final List<RunningProcess> running = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    /** What a supervisor runs. */
    public interface Plan {

        /** First to last. */
        List<Stage> stages();

        /** A process of the kind that may be added and taken away, by number from 1. */
        ProcessSpec teacher(int number);

        /** Said when everything is ready. */
        List<String> welcome();

        /** How it stands, said from time to time when it has changed; empty when nobody knows. */
        String standing();
    }

    /**
     * Processes that start together.
     *
     * @param then done once they are ready, before the next stage
     */
    public record Stage(List<ProcessSpec> processes, Runnable then) {

        public Stage {
            processes = List.copyOf(processes);
        }
    }

    /** @param folder for its own files: what runs, the lock, wishes */
    public Supervisor(Plan plan, Path folder, SideBySideLog log) {
        this.plan = plan;
        this.folder = folder;
        this.log = log;
    }

    /** Where the state of a supervisor is. */
    public static Path stateFile(Path folder) {
        return folder.resolve(STATE);
    }

    /**
     * Asks the supervisor that runs on a folder for so many teachers, and returns at once.
     *
     * @throws UsageException when none runs there
     */
    public static void wish(Path folder, int teachers) {
        boolean runs = SupervisorState.read(stateFile(folder))
                .flatMap(state -> ProcessHandle.of(state.supervisor()))
                .isPresent();
        if (!runs) {
            throw new UsageException("No \"reflux dev up\" runs on "
                    + folder.toAbsolutePath().normalize().getParent() + "; start one, or name its folder with --out.");
        }
        try {
            Files.writeString(folder.resolve(WISH), String.valueOf(teachers));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asks {@link #run} to end everything, and waits for that. */
    public void stop() {
        stop.countDown();
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Runs until it is stopped or a process dies.
     *
     * @return whether it was stopped
     * @throws UsageException when another supervisor runs on the folder
     */
    public boolean run() {
        try (FileChannel file =
                        FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = lock(file)) {
            endOrphans();
            Files.deleteIfExists(folder.resolve(WISH));
            try {
                return start() && watch();
            } finally {
                endAll();
                Files.deleteIfExists(stateFile(folder));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            ended.countDown();
        }
    }

    private FileLock lock(FileChannel file) throws IOException {
        FileLock lock;
        try {
            lock = file.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            throw new UsageException(
                    "Another \"reflux dev up\" runs on this folder; end it first or choose another --out.");
        }
        return lock;
    }

    private void endOrphans() {
        int orphans = SupervisorState.read(stateFile(folder))
                .map(SupervisorState::endOrphans)
                .orElse(0);
        if (orphans > 0) {
            log.say("ended " + orphans + " processes that an earlier run had left behind");
        }
    }

    // ---- beginning -----------------------------------------------------------------------------------------------

    /** @return false when a process died, true when all are ready or it was stopped */
    private boolean start() {
        for (Stage stage : plan.stages()) {
            for (ProcessSpec spec : stage.processes()) {
                add(spec);
            }
            if (!awaitReady()) {
                return false;
            }
            if (stopped(0)) {
                return true;
            }
            stage.then().run();
        }
        plan.welcome().forEach(log::say);
        return true;
    }

    private void add(ProcessSpec spec) {
        RunningProcess process = RunningProcess.start(spec, log);
        running.add(process);
        log.say("started " + spec.name() + ", process " + process.pid());
        writeState();
    }

    private boolean awaitReady() {
        long deadline = System.nanoTime() + READY_WITHIN.toNanos();
        while (!stopped(LOOK_EVERY_MILLIS)) {
            if (!buryTheDead()) {
                return false;
            }
            List<String> waiting = running().stream()
                    .filter(process -> !process.ready(http))
                    .map(RunningProcess::name)
                    .toList();
            if (waiting.isEmpty()) {
                writeState();
                return true;
            }
            if (System.nanoTime() > deadline) {
                log.say("not ready within " + READY_WITHIN.toSeconds() + " s: " + String.join(", ", waiting));
                return false;
            }
        }
        return true;
    }

    // ---- watching ------------------------------------------------------------------------------------------------

    private boolean watch() {
        long told = System.nanoTime();
        String standing = "";
        while (!stopped(LOOK_EVERY_MILLIS)) {
            if (!buryTheDead()) {
                return false;
            }
            if (System.nanoTime() - told > STANDING_EVERY.toNanos()) {
                told = System.nanoTime();
                standing = tell(plan.standing(), standing);
            }
            Integer wanted = takeWish();
            if (wanted != null && !scale(wanted)) {
                return false;
            }
        }
        return true;
    }

    private String tell(String standing, String before) {
        if (!standing.isEmpty() && !standing.equals(before)) {
            log.say(standing);
        }
        return standing;
    }

    /** @return false when somebody died whom the others cannot do without */
    private boolean buryTheDead() {
        boolean goOn = true;
        for (RunningProcess dead :
                running().stream().filter(one -> !one.alive()).toList()) {
            running.remove(dead);
            goOn &= mayGoOnWithout(dead);
            writeState();
        }
        return goOn;
    }

    private boolean mayGoOnWithout(RunningProcess dead) {
        if (dead.spec().ending() == Ending.EXPECTED && dead.endedWell()) {
            log.say(dead.name() + " is done");
            return true;
        }
        log.say(dead.obituary() + "; its last lines:");
        dead.lastLines().forEach(line -> log.say("  " + line));
        if (dead.spec().ending() == Ending.SHARED && running().stream().anyMatch(Supervisor::isTeacher)) {
            log.say("the other teachers take over what " + dead.name() + " had; \"reflux dev scale\" starts another");
            return true;
        }
        log.say("nothing goes on without " + dead.name() + ": ending the rest");
        return false;
    }

    private static boolean isTeacher(RunningProcess process) {
        return process.spec().ending() == Ending.SHARED && process.alive();
    }

    private @Nullable Integer takeWish() {
        Path wish = folder.resolve(WISH);
        try {
            if (!Files.exists(wish)) {
                return null;
            }
            String text = Files.readString(wish).strip();
            if (!text.matches("[1-9]\\d{0,2}")) {
                return null;
            }
            Files.delete(wish);
            return Integer.valueOf(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean scale(int wanted) {
        List<RunningProcess> teachers = running().stream()
                .filter(Supervisor::isTeacher)
                .sorted(Comparator.comparing(RunningProcess::name))
                .toList();
        for (RunningProcess last : teachers.subList(Math.min(wanted, teachers.size()), teachers.size())) {
            running.remove(last);
            writeState();
            end(List.of(last));
        }
        for (int missing = wanted - teachers.size(); missing > 0; missing--) {
            add(plan.teacher(lowestFree()));
        }
        if (!awaitReady()) {
            return false;
        }
        log.say(wanted + " teachers are ready");
        return true;
    }

    /** A teacher of the same number as a dead one has its transactional id, and so ends what that left open. */
    private int lowestFree() {
        List<String> names = running().stream().map(RunningProcess::name).toList();
        int number = 1;
        while (names.contains(plan.teacher(number).name())) {
            number++;
        }
        return number;
    }

    private boolean stopped(long withinMillis) {
        try {
            return stop.await(withinMillis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private List<RunningProcess> running() {
        return List.copyOf(running);
    }

    private void writeState() {
        new SupervisorState(
                        ProcessHandle.current().pid(),
                        running().stream()
                                .map(one -> new SupervisorState.Entry(
                                        one.name(),
                                        one.pid(),
                                        one.startedAt().toEpochMilli(),
                                        one.spec().ready().map(Object::toString).orElse(""),
                                        one.ready(http)))
                                .toList())
                .write(stateFile(folder));
    }

    // ---- the end -------------------------------------------------------------------------------------------------

    /** Stage by stage, last first: who needs the broker ends before the broker does. */
    private void endAll() {
        List<Stage> stages = new ArrayList<>(plan.stages());
        Collections.reverse(stages);
        for (Stage stage : stages) {
            List<String> names =
                    stage.processes().stream().map(ProcessSpec::name).toList();
            boolean teaches = stage.processes().stream().anyMatch(spec -> spec.ending() == Ending.SHARED);
            end(running().stream()
                    .filter(one -> names.contains(one.name()) || teaches && isTeacher(one))
                    .toList());
        }
        end(running());
    }

    private void end(List<RunningProcess> some) {
        if (some.isEmpty()) {
            return;
        }
        log.say("ending "
                + String.join(", ", some.stream().map(RunningProcess::name).toList()));
        some.forEach(RunningProcess::askToEnd);
        for (RunningProcess one : some) {
            if (!one.awaitEnd(one.spec().grace())) {
                log.say(one.name() + " did not end within " + one.spec().grace().toSeconds() + " s and was killed");
            }
            running.remove(one);
        }
    }
}
