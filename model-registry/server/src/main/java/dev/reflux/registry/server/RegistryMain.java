package dev.reflux.registry.server;

import dev.reflux.common.shutdown.ClosedAtShutdown;
import dev.reflux.registry.store.ObjectStore;
import java.time.Duration;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves the registry until it is told to stop. */
public final class RegistryMain {

    private static final Logger LOG = LoggerFactory.getLogger(RegistryMain.class);

    /** Less than what Kubernetes, compose and "dev up" give it: 20 s and more. */
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(18);

    private RegistryMain() {}

    /**
     * Blocks until the JVM is asked to end; requests that are under way then are answered, and no more are taken.
     *
     * @param healthPort of /livez, /readyz and /metrics; empty: they are not served
     * @return exit code
     * @throws dev.reflux.common.failure.UsageException when it cannot listen where it should
     */
    public static int run(ObjectStore store, HttpSettings settings, OptionalInt healthPort)
            throws InterruptedException {
        try (RegistryServer server = RegistryServer.start(store, settings)) {
            LOG.info("The registry is served at {}.", server.address());
            healthPort.ifPresent(port -> LOG.info("Health on port {}", server.observe(port)));
            ClosedAtShutdown.of("registry", CLOSE_WITHIN, server).await();
            return 0;
        }
    }
}
