package dev.reflux.quickstart.processes;

import dev.reflux.quickstart.processes.ProcessSpec.Ending;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The processes that a supervisor runs, and the file that names them to other commands. One thread. */
final class ProcessGroup {

    private final Path stateFile;
    private final SideBySideLog log;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();
    private final List<RunningProcess> running = new ArrayList<>();

    ProcessGroup(Path stateFile, SideBySideLog log) {
        this.stateFile = stateFile;
        this.log = log;
    }

    void start(ProcessSpec spec) {
        RunningProcess process = RunningProcess.start(spec, log);
        running.add(process);
        log.say("started " + spec.name() + ", process " + process.pid());
        writeState();
    }

    List<String> names() {
        return running.stream().map(RunningProcess::name).toList();
    }

    /** Returns the processes that share their work and are alive, by name. */
    List<RunningProcess> sharing() {
        return running.stream()
                .filter(process -> process.spec().ending() == Ending.SHARED && process.alive())
                .sorted((one, other) -> one.name().compareTo(other.name()))
                .toList();
    }

    /** Removes the processes that have ended and returns them. */
    List<RunningProcess> removeEnded() {
        List<RunningProcess> ended =
                running.stream().filter(process -> !process.alive()).toList();
        if (running.removeAll(ended)) {
            writeState();
        }
        return ended;
    }

    /** Returns the names of the processes whose probe does not answer yet. */
    List<String> notReady() {
        return running.stream()
                .filter(process -> !process.ready(http))
                .map(RunningProcess::name)
                .toList();
    }

    /** Asks the selected processes to end, waits for them, and kills those that exceed their grace period. */
    void end(Predicate<RunningProcess> selected) {
        List<RunningProcess> some = running.stream().filter(selected).toList();
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
        writeState();
    }

    void deleteState() throws IOException {
        Files.deleteIfExists(stateFile);
    }

    /** Writes which processes run and which of them are ready. */
    void writeState() {
        List<SupervisorState.Entry> entries = running.stream()
                .map(one -> new SupervisorState.Entry(
                        one.name(),
                        one.pid(),
                        one.startedAt().toEpochMilli(),
                        one.spec().ready().map(Object::toString).orElse(""),
                        one.ready(http)))
                .toList();
        new SupervisorState(ProcessHandle.current().pid(), entries).write(stateFile);
    }
}
