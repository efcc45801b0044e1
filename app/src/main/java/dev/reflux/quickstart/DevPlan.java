package dev.reflux.quickstart;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.kafka.Topics;
import dev.reflux.embedded.EmbeddedS3;
import dev.reflux.embedded.LoopbackPorts;
import dev.reflux.quickstart.processes.ProcessSpec;
import dev.reflux.quickstart.processes.ProcessSpec.Ending;
import dev.reflux.quickstart.processes.Supervisor;
import dev.reflux.quickstart.progress.Progress;
import dev.reflux.registry.server.Role;
import dev.reflux.registry.server.Tokens;
import dev.reflux.registry.store.ModelRegistry;
import dev.reflux.registry.store.StoreSettings;
import dev.reflux.torch.TorchRuntime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The whole path as processes of one machine: broker and store; then teachers, trainer and registry; then the camera.
 * Each service reads a configuration file of the run's folder, as it would anywhere else.
 */
public final class DevPlan implements Supervisor.Plan {

    private static final Duration GRACE = Duration.ofSeconds(20);
    /** A trainer checkpoints before it goes, and may be in the middle of publishing. */
    private static final Duration TRAINERS_GRACE = Duration.ofSeconds(60);

    private final DevSettings settings;
    private final RunPlan plan;
    private final Workspace workspace;
    private final Path head;
    private final Endpoints at;
    private final List<Supervisor.Stage> stages;

    /** Where everything listens. */
    private record Endpoints(int kafka, int store, int registry, int brokerHealth, int storeHealth, int trainerHealth) {

        static Endpoints of(DevSettings settings) {
            return new Endpoints(
                    free(settings.kafkaPort()),
                    free(settings.storePort()),
                    free(settings.registryPort()),
                    free(0),
                    free(0),
                    free(0));
        }

        private static int free(int given) {
            if (given == 0) {
                return LoopbackPorts.free();
            }
            if (!LoopbackPorts.isFree(given)) {
                throw new UsageException("Port " + given + " is taken on this machine; give another one, or 0.");
            }
            return given;
        }
    }

    private DevPlan(DevSettings settings, RunPlan plan, Workspace workspace, Endpoints at, Path head) {
        this.settings = settings;
        this.plan = plan;
        this.workspace = workspace;
        this.head = head;
        this.at = at;
        writeConfiguration();
        this.stages = makeStages();
    }

    /**
     * Reads everything that was given, fits the teacher's projection head where there is none, and writes the services'
     * configuration.
     *
     * @param progress shows the fit
     * @throws UsageException in one sentence, when something that was given will not do
     */
    public static DevPlan of(DevSettings settings, Progress progress) {
        RunPlan plan = RunPlan.of(settings.path());
        Workspace workspace = Workspace.open(settings.path());
        Endpoints at = Endpoints.of(settings);
        HeadFinder heads = new HeadFinder(plan, workspace, progress, () -> {});
        Path head = heads.find().orElseGet(() -> {
            try (TorchRuntime runtime = TorchRuntime.start(plan.torch())) {
                return heads.fit(runtime);
            }
        });
        return new DevPlan(settings, plan, workspace, at, head);
    }

    /** Where the supervisor of a run keeps its files. */
    public static Path stateFolder(Path out) {
        return out.resolve("work");
    }

    /** Where the logs of a run are. */
    public static Path logFolder(Path out) {
        return out.resolve("logs");
    }

    @Override
    public List<Supervisor.Stage> stages() {
        return stages;
    }

    @Override
    public ProcessSpec teacher(int number) {
        int health = LoopbackPorts.free();
        return service(
                "teacher-" + number,
                "-Xmx1g",
                Optional.of(url(health, "/readyz")),
                GRACE,
                Ending.SHARED,
                "teacher",
                "--config",
                config("teacher.yaml").toString(),
                "--set",
                "teacher.kafka.transactional-id=dev-teacher-" + number,
                "--set",
                "teacher.health.port=" + health);
    }

    @Override
    public List<String> welcome() {
        Path out = settings.path().out();
        return List.of(
                "everything is up; Ctrl-C ends it, and the same command goes on where it stopped",
                "  broker    " + kafka().bootstrapServers(),
                "  store     " + storeUrl() + ", access key " + s3().accessKey() + ", secret key in "
                        + config("store-secret-key"),
                "  registry  " + url(at.registry(), "/v1/openapi.json") + ", token in " + config("token"),
                "  trainer   " + url(at.trainerHealth(), "/metrics"),
                "  logs      " + logFolder(out),
                "try:  reflux fleet pull --registry http://127.0.0.1:" + at.registry() + " --token-file "
                        + config("token") + " --out vehicle",
                "      reflux dev scale 2 --out " + out);
    }

    @Override
    public String standing() {
        return TrainerStanding.at(url(at.trainerHealth(), "/metrics"));
    }

    // ---- processes -------------------------------------------------------------------------------------------------

    private List<Supervisor.Stage> makeStages() {
        List<ProcessSpec> services = new ArrayList<>();
        services.add(trainer());
        services.add(registry());
        for (int number = 1; number <= settings.teachers(); number++) {
            services.add(teacher(number));
        }
        return List.of(
                new Supervisor.Stage(List.of(broker(), store()), this::makeTopicsAndBucket),
                new Supervisor.Stage(services, () -> {}),
                new Supervisor.Stage(List.of(camera()), () -> {}));
    }

    private ProcessSpec broker() {
        return service(
                "broker",
                "-Xmx512m",
                Optional.of(url(at.brokerHealth(), "/readyz")),
                GRACE,
                Ending.ENDS_ALL,
                "dev",
                "broker",
                "--data",
                workspace.work("kafka").toString(),
                "--port",
                String.valueOf(at.kafka()),
                "--health-port",
                String.valueOf(at.brokerHealth()));
    }

    private ProcessSpec store() {
        return service(
                "store",
                "-Xmx512m",
                Optional.of(url(at.storeHealth(), "/readyz")),
                GRACE,
                Ending.ENDS_ALL,
                "dev",
                "store",
                "--data",
                workspace.store().toString(),
                "--port",
                String.valueOf(at.store()),
                "--health-port",
                String.valueOf(at.storeHealth()));
    }

    private ProcessSpec trainer() {
        return service(
                "trainer",
                "-Xmx1g",
                Optional.of(url(at.trainerHealth(), "/readyz")),
                TRAINERS_GRACE,
                Ending.ENDS_ALL,
                "trainer",
                "--config",
                config("trainer.yaml").toString());
    }

    private ProcessSpec registry() {
        return service(
                "registry",
                "-Xmx256m",
                Optional.of(url(at.registry(), "/healthz")),
                GRACE,
                Ending.ENDS_ALL,
                "registry",
                "--port",
                String.valueOf(at.registry()),
                "--tokens",
                config("tokens.json").toString(),
                "--s3",
                storeUrl().toString(),
                "--access-key",
                s3().accessKey(),
                "--secret-key-file",
                config("store-secret-key").toString());
    }

    private ProcessSpec camera() {
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
                kafka().bootstrapServers()));
        if (path.frames() > 0) {
            arguments.addAll(List.of("--frames", String.valueOf(path.frames())));
        }
        return service(
                "camera", "-Xmx512m", Optional.empty(), GRACE, Ending.EXPECTED, arguments.toArray(new String[0]));
    }

    private ProcessSpec service(
            String name, String heap, Optional<URI> ready, Duration grace, Ending ending, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(settings.launcher().toString());
        command.addAll(List.of(arguments));
        String own = System.getenv("REFLUX_JAVA_OPTS");
        Map<String, String> environment = Map.of(
                "REFLUX_JAVA_OPTS",
                own == null ? heap : heap + " " + own,
                // Whoever runs this has just been built.
                "REFLUX_SKIP_BUILD",
                "1");
        return new ProcessSpec(name, command, environment, ready, grace, ending);
    }

    // ---- what they read --------------------------------------------------------------------------------------------

    private void writeConfiguration() {
        // Teachers and trainer share the cores: more threads than cores would only wait for each other.
        int half = Math.max(1, settings.path().threads() / 2);
        Map<String, String> teacher = new HashMap<>(plan.teacherOverrides(kafka(), head, workspace));
        teacher.remove("teacher.kafka.transactional-id");
        teacher.remove("teacher.health.port");
        teacher.put("teacher.compute.threads", String.valueOf(Math.max(1, half / settings.teachers())));
        teacher.put("teacher.compute.decode-threads", "1");
        Map<String, String> trainer = new HashMap<>(plan.trainerOverrides(kafka(), s3(), workspace));
        trainer.remove("trainer.store.secret-key");
        trainer.put("trainer.store.secret-key-file", config("store-secret-key").toString());
        trainer.put("trainer.compute.threads", String.valueOf(half));
        trainer.put("trainer.health.port", String.valueOf(at.trainerHealth()));
        try {
            Files.createDirectories(config(""));
            ConfigurationFile.write(config("teacher.yaml"), teacher);
            ConfigurationFile.write(config("trainer.yaml"), trainer);
            ConfigurationFile.writeSecret(config("store-secret-key"), s3().secretKey());
            if (!Files.exists(config("token"))) {
                ConfigurationFile.writeSecret(config("token"), Tokens.add(config("tokens.json"), "dev", Role.ADMIN));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path config(String name) {
        return workspace.work("config").resolve(name).toAbsolutePath();
    }

    private void makeTopicsAndBucket() {
        Topics.ensure(kafka(), new Topics.Plan(DevSettings.MOST_TEACHERS, (short) 1, -1));
        ModelRegistry.open(s3()).close();
    }

    private KafkaSettings kafka() {
        return KafkaSettings.of("127.0.0.1:" + at.kafka());
    }

    private StoreSettings s3() {
        return new StoreSettings(
                storeUrl(), Workspace.REGION, Workspace.BUCKET, EmbeddedS3.ACCESS_KEY, EmbeddedS3.SECRET_KEY);
    }

    private URI storeUrl() {
        return url(at.store(), "");
    }

    private static URI url(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }
}
