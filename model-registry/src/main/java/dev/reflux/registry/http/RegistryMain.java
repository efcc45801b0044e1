package dev.reflux.registry.http;

import dev.reflux.registry.store.ObjectStore;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves the registry until it is told to stop. */
public final class RegistryMain {

    private static final Logger LOG = LoggerFactory.getLogger(RegistryMain.class);

    private RegistryMain() {}

    /**
     * Blocks until the JVM is asked to end.
     *
     * @param healthPort of /livez, /readyz and /metrics; empty: they are not served
     * @return exit code
     * @throws dev.reflux.common.failure.UsageException when it cannot listen where it should
     */
    public static int run(ObjectStore store, HttpSettings settings, OptionalInt healthPort)
            throws InterruptedException {
        CountDownLatch stopped = new CountDownLatch(1);
        try (RegistryServer server = RegistryServer.start(store, settings)) {
            LOG.info("The registry is served at {}.", server.address());
            healthPort.ifPresent(port -> LOG.info("Health on port {}", server.observe(port)));
            Runtime.getRuntime().addShutdownHook(new Thread(stopped::countDown, "stop"));
            stopped.await();
            return 0;
        }
    }
}
