package dev.reflux.trainer;

import dev.reflux.common.failure.Cause;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.launch.ServiceLauncher;
import dev.reflux.common.shutdown.ClosedAtShutdown;
import dev.reflux.registry.client.StoreException;
import dev.reflux.registry.format.RegistryException;
import dev.reflux.registry.store.StaleWriterException;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one trainer until the JVM is asked to end. */
public final class TrainerMain {

    /** The time for closing: less than the 120 s after which Kubernetes and compose kill a trainer. */
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(110);

    private TrainerMain() {}

    /** Runs {@code reflux trainer ...} and ends the JVM with its exit code. */
    public static void main(String[] args) {
        ServiceLauncher.launch(
                "trainer",
                TrainerCommand::new,
                List.of(RegistryException.class, StaleWriterException.class, StoreException.class),
                args);
    }

    /**
     * Reads the files that the configuration names, without starting anything.
     *
     * @throws UsageException if the configuration cannot be used
     */
    public static void check(TrainerConfig config) {
        TrainerSettings.of(config);
    }

    /**
     * Runs a trainer. Blocks until the JVM is asked to end or the trainer fails.
     *
     * @return the exit code: 0 after a stop, 1 after a failure
     * @throws UsageException if the configuration cannot be used
     */
    public static int run(TrainerConfig config) {
        // Not a constant: the first logger must not be created before main has set up the log.
        Logger log = LoggerFactory.getLogger(TrainerMain.class);
        try (TrainerService service = TrainerService.start(config, new TrainerListener() {})) {
            ClosedAtShutdown.of("trainer", CLOSE_WITHIN, service);
            service.awaitEnd();
            if (service.failure().isEmpty()) {
                return 0;
            }
            log.error(
                    "The trainer ends after a failure: {}",
                    Cause.of(service.failure().get()));
            return 1;
        }
    }
}
