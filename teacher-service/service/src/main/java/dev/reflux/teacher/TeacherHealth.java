package dev.reflux.teacher;

import dev.reflux.common.health.BrokerCheck;
import dev.reflux.common.health.Check;
import dev.reflux.common.health.HealthServer;
import dev.reflux.common.kafka.PollLoop;
import dev.reflux.common.meters.Meters;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The health checks of a teacher. It is alive while its poll loop turns, its stages finish work that is in flight, and
 * nothing has failed; it is ready while partitions are assigned and a broker answers.
 */
final class TeacherHealth {

    private TeacherHealth() {}

    /** Starts the server of /livez, /readyz and /metrics. */
    static HealthServer start(
            TeacherSettings settings,
            PollLoop polling,
            TeacherGauges gauges,
            TeacherLifecycle lifecycle,
            BrokerCheck broker,
            Meters meters) {
        Check running = Check.of("service", () -> lifecycle.failure().map(cause -> "Stopped: " + cause));
        return HealthServer.start(
                settings.healthPort(),
                List.of(
                        pollLoopTurns(polling, settings.pollTimeout()),
                        stagesFinish(polling, gauges, settings.stageTimeout()),
                        running),
                List.of(running, partitionsAssigned(polling), broker.readiness()),
                meters.registry());
    }

    private static Check pollLoopTurns(PollLoop polling, Duration timeout) {
        return Check.of("poll loop", () -> {
            Duration silent = Duration.between(polling.lastTurn(), Instant.now());
            return complaint(
                    silent.compareTo(timeout) > 0, "The poll loop has not turned for " + silent.toSeconds() + " s.");
        });
    }

    private static Check stagesFinish(PollLoop polling, TeacherGauges gauges, Duration timeout) {
        return Check.of("pipeline", () -> {
            Duration idle = gauges.idle();
            return complaint(
                    polling.inFlight() > 0 && idle.compareTo(timeout) > 0,
                    "Frames are in flight and no stage has finished a batch for " + idle.toSeconds() + " s.");
        });
    }

    private static Check partitionsAssigned(PollLoop polling) {
        return Check.of("partitions", () -> complaint(!polling.assigned(), "No partition is assigned yet."));
    }

    private static Optional<String> complaint(boolean holds, String sentence) {
        return holds ? Optional.of(sentence) : Optional.empty();
    }
}
