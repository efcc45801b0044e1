package dev.reflux.teacher;

import dev.reflux.common.launch.ServiceLauncher;
import dev.reflux.common.shutdown.ClosedAtShutdown;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one teacher until it is told to stop. */
public final class TeacherMain {

    /** Less than the 60 s after which Kubernetes and compose kill a teacher. */
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(50);

    private TeacherMain() {}

    /** Runs {@code reflux teacher ...} and ends the JVM with its exit code. */
    public static void main(String[] args) {
        ServiceLauncher.launch("teacher", TeacherCommand::new, List.of(), args);
    }

    /**
     * Reads everything that the configuration names and holds it together, without starting anything.
     *
     * @throws dev.reflux.common.failure.UsageException when it will not do
     */
    public static void check(TeacherConfig config) {
        TeacherSettings settings = TeacherSettings.of(config);
        settings.card().verify(settings.modelFile());
    }

    /** Where a card's projection head is looked for when the configuration does not say. */
    public static Path headBeside(Path cardFile) {
        return TeacherSettings.headBeside(cardFile);
    }

    /**
     * Blocks until the JVM is asked to end or the service fails.
     *
     * @return exit code: 0 after a stop, 1 after a failure
     * @throws dev.reflux.common.failure.UsageException when the configuration will not do
     */
    public static int run(TeacherConfig config) throws InterruptedException {
        // Not a constant: the first logger must not be created before main has set up the log.
        Logger log = LoggerFactory.getLogger(TeacherMain.class);
        try (TeacherService service = TeacherService.start(config, TeacherListener.SILENT)) {
            ClosedAtShutdown.of("teacher", CLOSE_WITHIN, service);
            Throwable failure = service.await();
            if (failure == null) {
                return 0;
            }
            log.error("The teacher stops: {}", failure.getMessage(), failure);
            return 1;
        }
    }
}
