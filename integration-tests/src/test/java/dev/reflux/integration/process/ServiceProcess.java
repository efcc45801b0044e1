package dev.reflux.integration.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A command of {@code reflux} as a process of its own, what it says, and its probes. Killed when it is closed. */
public final class ServiceProcess implements AutoCloseable {

    /** Exit code of what SIGTERM has ended. */
    public static final int TERMINATED = 143;

    private static final int UNREACHABLE = 0;

    private final Process process;
    private final Path log;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    private ServiceProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Starts it.
     *
     * @param log where everything that it says goes
     * @param environment added to this JVM's, of which no REFLUX_ variable is passed on
     */
    public static ServiceProcess start(Path log, Map<String, String> environment, List<String> arguments) {
        return start(log, environment, "dev.reflux.cli.RefluxMain", arguments);
    }

    /** Starts another main class. What it says is added to the log. */
    public static ServiceProcess start(
            Path log, Map<String, String> environment, String mainClass, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // Processes that live for seconds: the optimising compiler would not pay.
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Dai.djl.offline=true",
                "-cp",
                System.getProperty("java.class.path"),
                mainClass));
        command.addAll(1, TestPlace.options());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        // Settings come from the test alone, not from whoever runs it.
        builder.environment().keySet().removeIf(name -> name.startsWith("REFLUX_"));
        builder.environment().putAll(environment);
        try {
            return new ServiceProcess(builder.start(), log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public boolean alive() {
        return process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    /** Sends a signal, such as STOP. */
    public void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Sends SIGTERM. */
    public void askToEnd() {
        process.destroy();
    }

    /** @throws AssertionError when it does not end in time */
    public int exitCode(Duration within) throws InterruptedException {
        if (!process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("It did not end within " + within + ". It said:\n" + said());
        }
        return process.exitValue();
    }

    /** Everything so far. */
    public String said() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Status of a GET; 0 when nobody listens. */
    public int status(URI uri) {
        return get(uri).map(HttpResponse::statusCode).orElse(UNREACHABLE);
    }

    /** Body of a GET; empty when nobody listens. */
    public String body(URI uri) {
        return get(uri).map(HttpResponse::body).orElse("");
    }

    private Optional<HttpResponse<String>> get(URI uri) {
        try {
            return Optional.of(http.send(
                    HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(5)).build(),
                    HttpResponse.BodyHandlers.ofString()));
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
