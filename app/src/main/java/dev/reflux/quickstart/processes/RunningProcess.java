package dev.reflux.quickstart.processes;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process that was started, with its log. Any thread. */
final class RunningProcess {

    private static final int LAST_LINES = 8;
    private static final int SIGNALLED = 128;
    private static final int SIGTERM = 15;
    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration LAST_OUTPUT_WITHIN = Duration.ofSeconds(2);

    /**
     * Ctrl-C reaches every process of a terminal at once. These processes are ended in order instead, so it must not reach
     * them. A JVM keeps ignoring a signal that was ignored when it started.
     */
    private static final List<String> IGNORING_CTRL_C = List.of("sh", "-c", "trap '' INT HUP; exec \"$@\"", "sh");

    private final ProcessSpec spec;
    private final Process process;
    private final Thread pump;
    private final Deque<String> lastLines = new ArrayDeque<>();

    private RunningProcess(ProcessSpec spec, Process process, SideBySideLog log) {
        this.spec = spec;
        this.process = process;
        this.pump = new Thread(() -> pump(log), "log-" + spec.name());
        pump.setDaemon(true);
    }

    static RunningProcess start(ProcessSpec spec, SideBySideLog log) {
        List<String> command = new ArrayList<>(IGNORING_CTRL_C);
        command.addAll(spec.command());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
        builder.environment().clear();
        builder.environment().putAll(spec.environment());
        try {
            RunningProcess running = new RunningProcess(spec, builder.start(), log);
            running.pump.start();
            return running;
        } catch (IOException e) {
            throw new UncheckedIOException(spec.name() + " cannot be started", e);
        }
    }

    ProcessSpec spec() {
        return spec;
    }

    String name() {
        return spec.name();
    }

    boolean alive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    Instant startedAt() {
        return process.info().startInstant().orElse(Instant.EPOCH);
    }

    /** Returns whether it ended with code 0, or after SIGTERM. */
    boolean succeeded() {
        return !alive() && (process.exitValue() == 0 || process.exitValue() == SIGNALLED + SIGTERM);
    }

    boolean ready(HttpClient http) {
        return alive() && spec.ready().map(uri -> answers(http, uri)).orElse(true);
    }

    private static boolean answers(HttpClient http, URI uri) {
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(uri).timeout(PROBE_TIMEOUT).build();
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            // The port is not open yet.
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Returns why it ended, as a sentence. */
    String exitReason() {
        int code = process.exitValue();
        return code > SIGNALLED
                ? name() + " (process " + pid() + ") was killed by signal " + (code - SIGNALLED)
                : name() + " (process " + pid() + ") ended with exit code " + code;
    }

    /** Returns the last lines of its output. */
    List<String> lastLines() {
        try {
            pump.join(LAST_OUTPUT_WITHIN.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (lastLines) {
            return List.copyOf(lastLines);
        }
    }

    void askToEnd() {
        // Process.destroy would close the streams, and what the process says at its end would be lost.
        process.toHandle().destroy();
    }

    /** Waits until it has ended and returns true; kills it after the grace period and returns false. */
    boolean awaitEnd(Duration grace) {
        try {
            if (process.waitFor(grace.toMillis(), TimeUnit.MILLISECONDS)) {
                return true;
            }
            process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        return false;
    }

    private void pump(SideBySideLog log) {
        try (BufferedReader reader = process.inputReader(java.nio.charset.StandardCharsets.UTF_8);
                PrintWriter file = log.file(name())) {
            for (String line; (line = reader.readLine()) != null; ) {
                log.print(name(), line);
                file.println(line);
                remember(line);
            }
        } catch (IOException e) {
            log.say("the log of " + name() + " ended early: " + e.getMessage());
        }
    }

    private void remember(String line) {
        synchronized (lastLines) {
            lastLines.addLast(line);
            if (lastLines.size() > LAST_LINES) {
                lastLines.removeFirst();
            }
        }
    }
}
