package dev.reflux.quickstart.processes;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is to run.
 *
 * @param name before each of its log lines
 * @param command program and arguments
 * @param environment over what this process has
 * @param ready answers 200 once it can work; empty: it is ready when it runs
 * @param grace between being asked to end and being made to
 * @param ending what it means when it ends by itself
 */
public record ProcessSpec(
        String name,
        List<String> command,
        Map<String, String> environment,
        Optional<URI> ready,
        Duration grace,
        Ending ending) {

    /** What a process's end means for the others. */
    public enum Ending {
        /** They end too. */
        ENDS_ALL,
        /** They go on while another one of its kind runs: it shares its work with that. */
        SHARED,
        /** They go on when it ended well. */
        EXPECTED
    }

    public ProcessSpec {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }
}
