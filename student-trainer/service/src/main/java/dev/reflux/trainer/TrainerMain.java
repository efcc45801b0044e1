package dev.reflux.trainer;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.shutdown.ClosedAtShutdown;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one trainer until the JVM is asked to end. */
public final class TrainerMain {

    private static final Logger LOG = LoggerFactory.getLogger(TrainerMain.class);
    /** The time for closing: less than the 120 s after which Kubernetes and compose kill a trainer. */
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(110);

    private TrainerMain() {}

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
        try (TrainerService service = TrainerService.start(config, new TrainerListener() {})) {
            ClosedAtShutdown.of("trainer", CLOSE_WITHIN, service);
            service.awaitEnd();
            if (service.failure().isEmpty()) {
                return 0;
            }
            LOG.error(
                    "The trainer ends after a failure: {}",
                    service.failure().get().getMessage());
            return 1;
        }
    }
}
