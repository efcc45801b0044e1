package dev.reflux.cli.options;

import dev.reflux.common.health.HealthServer;
import dev.reflux.common.meters.Meters;
import dev.reflux.common.shutdown.ClosedAtShutdown;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Option;

/** The probes of an embedded server, and the wait for the end of the process. */
public final class HealthOption {

    /** Less than the grace period of "dev up", which is 20 s. */
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(15);

    @Option(
            names = "--health-port",
            paramLabel = "N",
            defaultValue = "0",
            description = "Port of /livez, /readyz and /metrics; 0 takes a free one (default).")
    private int port;

    /**
     * Serves the probes until the JVM is asked to end, then closes the server while the JVM waits. Call this once the
     * server accepts requests.
     */
    public void serveUntilStopped(Runnable close) throws InterruptedException {
        try (Meters meters = new Meters();
                HealthServer health = HealthServer.start(port, List.of(), List.of(), meters.registry())) {
            ClosedAtShutdown.of("server", CLOSE_WITHIN, close::run).await();
        }
    }
}
