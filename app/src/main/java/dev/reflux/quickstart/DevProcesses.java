package dev.reflux.quickstart;

import static dev.reflux.quickstart.DevEndpoints.url;

import dev.reflux.embedded.LoopbackPorts;
import dev.reflux.quickstart.processes.ProcessSpec;
import dev.reflux.quickstart.processes.ProcessSpec.Ending;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The processes of {@code dev up}: each is a command of the launcher. */
final class DevProcesses {

    private static final Duration GRACE = Duration.ofSeconds(20);
    /** A trainer writes a checkpoint before it ends, and may be publishing. */
    private static final Duration TRAINER_GRACE = Duration.ofSeconds(60);

    private final DevSettings settings;
    private final Workspace workspace;
    private final DevConfiguration configuration;
    private final DevEndpoints endpoints;
    private final DevEnvironment environment;

    DevProcesses(
            DevSettings settings,
            Workspace workspace,
            DevConfiguration configuration,
            DevEndpoints endpoints,
            DevEnvironment environment) {
        this.settings = settings;
        this.workspace = workspace;
        this.configuration = configuration;
        this.endpoints = endpoints;
        this.environment = environment;
    }

    ProcessSpec broker() {
        return process(
                "broker",
                "-Xmx512m",
                Optional.of(url(endpoints.brokerHealth(), "/readyz")),
                GRACE,
                Ending.ENDS_ALL,
                List.of(
                        "dev",
                        "broker",
                        "--data",
                        workspace.work("kafka").toString(),
                        "--port",
                        String.valueOf(endpoints.kafka()),
                        "--health-port",
                        String.valueOf(endpoints.brokerHealth())));
    }

    ProcessSpec store() {
        return process(
                "store",
                "-Xmx512m",
                Optional.of(url(endpoints.storeHealth(), "/readyz")),
                GRACE,
                Ending.ENDS_ALL,
                List.of(
                        "dev",
                        "store",
                        "--data",
                        workspace.store().toString(),
                        "--port",
                        String.valueOf(endpoints.store()),
                        "--health-port",
                        String.valueOf(endpoints.storeHealth())));
    }

    ProcessSpec trainer() {
        return process(
                "trainer",
                "-Xmx1g",
                Optional.of(url(endpoints.trainerHealth(), "/readyz")),
                TRAINER_GRACE,
                Ending.ENDS_ALL,
                List.of("trainer", "--config", configuration.trainer().toString()));
    }

    ProcessSpec registry() {
        return process(
                "registry",
                "-Xmx256m",
                Optional.of(url(endpoints.registry(), "/healthz")),
                GRACE,
                Ending.ENDS_ALL,
                List.of(
                        "registry",
                        "--port",
                        String.valueOf(endpoints.registry()),
                        "--tokens",
                        configuration.tokens().toString(),
                        "--s3",
                        endpoints.bucket().endpoint().toString(),
                        "--access-key",
                        endpoints.bucket().accessKey(),
                        "--secret-key-file",
                        configuration.storeSecretKey().toString()));
    }

    /** @param number the number of the teacher, from 1 */
    ProcessSpec teacher(int number) {
        int health = LoopbackPorts.free();
        return process(
                "teacher-" + number,
                "-Xmx1g",
                Optional.of(url(health, "/readyz")),
                GRACE,
                Ending.SHARED,
                List.of(
                        "teacher",
                        "--config",
                        configuration.teacher().toString(),
                        "--set",
                        "teacher.kafka.transactional-id=dev-teacher-" + number,
                        "--set",
                        "teacher.health.port=" + health));
    }

    ProcessSpec camera() {
        QuickstartSettings path = settings.path();
        List<String> arguments = new ArrayList<>(List.of(
                "fleet",
                "push",
                "--dataset",
                path.dataset(),
                "--cameras",
                String.valueOf(settings.cameras()),
                "--rate",
                String.valueOf(settings.rate()),
                "--loop",
                "--spool",
                workspace.work("spool").toString(),
                "--bootstrap-servers",
                endpoints.brokers().bootstrapServers()));
        if (path.frames() > 0) {
            arguments.addAll(List.of("--frames", String.valueOf(path.frames())));
        }
        arguments.addAll(path.labelOptions());
        return process("camera", "-Xmx512m", Optional.empty(), GRACE, Ending.EXPECTED, arguments);
    }

    private ProcessSpec process(
            String name, String heap, Optional<URI> ready, Duration grace, Ending ending, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(settings.launcher().toString());
        command.addAll(arguments);
        return new ProcessSpec(name, command, environment.with(heap), ready, grace, ending);
    }
}
