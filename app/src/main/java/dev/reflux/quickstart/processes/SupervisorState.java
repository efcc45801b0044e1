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
 * What runs, as a file that other commands read. Replaced whole at each change.
 *
 * @param supervisor process id
 * @param processes that run
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record SupervisorState(long supervisor, List<Entry> processes) {

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /**
     * One process.
     *
     * @param startedAt milliseconds since 1970: with the id, it tells a process from a later one of the same id
     * @param ready where its readiness is asked; empty for none
     * @param isReady whether it was, when last asked
     */
    public record Entry(String name, long pid, long startedAt, String ready, boolean isReady) {}

    /** @return empty when there is none */
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

    /** Ends what a supervisor that was killed has left behind. */
    int endOrphans() {
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
