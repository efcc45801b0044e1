package dev.reflux.integration.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Ctrl-C for a process without a terminal. */
public final class CtrlC {

    private static final int SIGINT_BIT = 1 << 1;

    private CtrlC() {}

    /**
     * Sends SIGINT, or SIGTERM to a process that ignores SIGINT: what a shell starts in the background ignores it, and so do
     * all that descend from it. Both end a JVM in the same way.
     *
     * @return the exit code of a JVM that it ends
     */
    public static int send(ProcessHandle process) throws IOException, InterruptedException {
        boolean ignored = ignoresInterrupt(process);
        new ProcessBuilder(List.of("kill", ignored ? "-TERM" : "-INT", String.valueOf(process.pid())))
                .start()
                .waitFor();
        return ignored ? 143 : 130;
    }

    private static boolean ignoresInterrupt(ProcessHandle process) throws IOException {
        Path status = Path.of("/proc", String.valueOf(process.pid()), "status");
        return Files.exists(status)
                && Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("SigIgn:"))
                        .anyMatch(line ->
                                (Long.parseUnsignedLong(line.substring(7).strip(), 16) & SIGINT_BIT) != 0);
    }
}
