package dev.reflux.cli.options;

import dev.reflux.common.health.HealthServer;
import dev.reflux.common.meters.Meters;
import dev.reflux.common.shutdown.ClosedAtShutdown;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Option;

/** The probes of a server that has none of its own, and its wait for the end. */
public final class HealthOption {

    /** Less than the 20 s after which "dev up" kills it. */
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(15);

    @Option(
            names = "--health-port",
            paramLabel = "N",
            defaultValue = "0",
            description = "Of /livez, /readyz and /metrics; 0: a free one (default).")
    private int port;

    /**
     * Serves the probes until the JVM is asked to end, and closes the server then: the JVM waits for that. To be called
     * once the server takes requests.
     */
    public void serveUntilStopped(Runnable close) throws InterruptedException {
        try (Meters meters = new Meters();
                HealthServer health = HealthServer.start(port, List.of(), List.of(), meters.registry())) {
            ClosedAtShutdown.of("server", CLOSE_WITHIN, close::run).await();
        }
    }
}
