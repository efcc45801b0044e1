package dev.reflux.quickstart.processes;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A process to start.
 *
 * @param name the prefix of its log lines
 * @param command the program and its arguments
 * @param environment all its variables; nothing is inherited
 * @param ready the address that answers 200 once it is ready; empty if it is ready when it runs
 * @param grace the time between SIGTERM and SIGKILL
 * @param ending the effect of its end on the others
 */
public record ProcessSpec(
        String name,
        List<String> command,
        Map<String, String> environment,
        Optional<URI> ready,
        Duration grace,
        Ending ending) {

    /** The effect of the end of a process on the others. */
    public enum Ending {
        /** The others are ended. */
        ENDS_ALL,
        /** The others go on while another process of its kind runs, which takes over its work. */
        SHARED,
        /** The others go on if it succeeded. */
        EXPECTED
    }

    public ProcessSpec {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }
}
