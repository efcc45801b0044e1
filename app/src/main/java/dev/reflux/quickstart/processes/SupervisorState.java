package dev.reflux.quickstart.processes;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * The processes of a supervisor, as a file that other commands read. The file is replaced atomically at each change.
 *
 * @param supervisor the process id of the supervisor
 * @param processes the running processes
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record SupervisorState(long supervisor, List<Entry> processes) {

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /**
     * One process.
     *
     * @param startedAt start in milliseconds since 1970; it distinguishes a process from a later one with the same id
     * @param ready the address of its readiness probe; the empty string for none
     * @param isReady whether the probe succeeded when the file was written
     */
    public record Entry(String name, long pid, long startedAt, String ready, boolean isReady) {}

    /** Returns the state in a file; empty if there is no file. */
    public static Optional<SupervisorState> read(Path file) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(file.toFile(), SupervisorState.class));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void write(Path file) {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            JSON.writeValue(part.toFile(), this);
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills the processes that a killed supervisor has left, and returns their number. */
    int killOrphans() {
        List<ProcessHandle> orphans = processes.stream()
                .flatMap(entry -> ProcessHandle.of(entry.pid())
                        .filter(handle -> handle.info()
                                .startInstant()
                                .map(instant -> instant.toEpochMilli() == entry.startedAt())
                                .orElse(false))
                        .stream())
                .toList();
        orphans.forEach(ProcessHandle::destroyForcibly);
        orphans.forEach(handle -> handle.onExit().join());
        return orphans.size();
    }
}
