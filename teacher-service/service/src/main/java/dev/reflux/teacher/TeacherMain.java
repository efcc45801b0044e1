package dev.reflux.teacher;

import dev.reflux.common.failure.Cause;
import dev.reflux.common.launch.ServiceLauncher;
import dev.reflux.common.shutdown.ClosedAtShutdown;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The entry points of the teacher service. */
public final class TeacherMain {

    /** Shorter than the 60 s after which Kubernetes and compose kill a teacher. */
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(50);

    private TeacherMain() {}

    /** Runs {@code reflux teacher ...} and ends the JVM with its exit code. */
    public static void main(String[] args) {
        ServiceLauncher.launch("teacher", TeacherCommand::new, List.of(), args);
    }

    /**
     * Checks a configuration and the files that it names. Starts nothing.
     *
     * @throws dev.reflux.common.failure.UsageException if the configuration or a file is not usable
     */
    public static void check(TeacherConfig config) {
        TeacherSettings settings = TeacherSettings.of(config);
        settings.card().verify(settings.modelFile());
    }

    /** Returns the file of the projection head if the configuration names none: beside the card. */
    public static Path headBeside(Path cardFile) {
        return TeacherSettings.headBeside(cardFile);
    }

    /**
     * Runs a teacher until the JVM is stopped or the service fails.
     *
     * @return the exit code: 0 after a stop, 1 after a failure
     * @throws dev.reflux.common.failure.UsageException if the configuration, a file or the brokers are not usable
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
            // The service has logged the stack trace, if it is a bug.
            log.error("The teacher has stopped: {}", Cause.of(failure));
            return 1;
        }
    }
}
