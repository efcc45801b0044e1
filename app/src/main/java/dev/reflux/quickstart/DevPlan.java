package dev.reflux.quickstart;

import static dev.reflux.quickstart.DevEndpoints.url;

import dev.reflux.common.kafka.Topics;
import dev.reflux.quickstart.processes.ProcessSpec;
import dev.reflux.quickstart.processes.Supervisor;
import dev.reflux.quickstart.progress.Progress;
import dev.reflux.registry.store.ModelRegistry;
import dev.reflux.torch.TorchRuntime;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The whole path as processes of one machine: first broker and store, then teachers, trainer and registry, then the
 * camera. Each service reads a configuration file, as it would anywhere else.
 */
public final class DevPlan implements Supervisor.Plan {

    private final DevSettings settings;
    private final DevConfiguration configuration;
    private final DevEndpoints endpoints;
    private final DevProcesses processes;
    private final List<Supervisor.Stage> stages;

    private DevPlan(
            DevSettings settings, DevConfiguration configuration, DevEndpoints endpoints, DevProcesses processes) {
        this.settings = settings;
        this.configuration = configuration;
        this.endpoints = endpoints;
        this.processes = processes;
        this.stages = List.of(
                new Supervisor.Stage(List.of(processes.broker(), processes.store()), this::makeTopicsAndBucket),
                new Supervisor.Stage(services(), () -> {}),
                new Supervisor.Stage(List.of(processes.camera()), () -> {}));
    }

    /**
     * Checks the settings, fits the teacher's projection head if there is none, and writes the configuration of the
     * services.
     *
     * @param progress shows the fit
     * @throws dev.reflux.common.failure.UsageException if a setting cannot be used
     */
    public static DevPlan of(DevSettings settings, Progress progress) {
        RunPlan plan = RunPlan.of(settings.path(), progress);
        Workspace workspace = Workspace.open(settings.path());
        DevEndpoints endpoints = DevEndpoints.of(settings);
        Path head = head(plan, workspace, progress);
        DevConfiguration configuration = new DevConfiguration(workspace);
        configuration.write(settings, plan, workspace, endpoints, head);
        DevEnvironment environment = new DevEnvironment(System.getenv());
        return new DevPlan(
                settings,
                configuration,
                endpoints,
                new DevProcesses(settings, workspace, configuration, endpoints, environment));
    }

    private static Path head(RunPlan plan, Workspace workspace, Progress progress) {
        HeadFinder heads = new HeadFinder(plan, workspace, progress, () -> {});
        return heads.find().orElseGet(() -> {
            try (TorchRuntime runtime = TorchRuntime.start(plan.torch())) {
                return heads.fit(runtime);
            }
        });
    }

    /** Returns the folder of the supervisor's own files. */
    public static Path stateFolder(Path out) {
        return out.resolve("work");
    }

    /** Returns the folder of the logs. */
    public static Path logFolder(Path out) {
        return out.resolve("logs");
    }

    private List<ProcessSpec> services() {
        return Stream.concat(
                        Stream.of(processes.trainer(), processes.registry()),
                        IntStream.rangeClosed(1, settings.teachers()).mapToObj(processes::teacher))
                .toList();
    }

    private void makeTopicsAndBucket() {
        Topics.ensure(endpoints.brokers(), new Topics.Plan(DevSettings.MOST_TEACHERS, (short) 1, -1));
        ModelRegistry.open(endpoints.bucket()).close();
    }

    @Override
    public List<Supervisor.Stage> stages() {
        return stages;
    }

    @Override
    public ProcessSpec teacher(int number) {
        return processes.teacher(number);
    }

    @Override
    public List<String> announcement() {
        Path out = settings.path().out();
        return List.of(
                "everything is ready; Ctrl-C ends it, and the same command resumes it",
                "  broker    " + endpoints.brokers().bootstrapServers(),
                "  store     " + endpoints.bucket().endpoint() + ", access key "
                        + endpoints.bucket().accessKey() + ", secret key in " + configuration.storeSecretKey(),
                "  registry  " + url(endpoints.registry(), "/v1/openapi.json") + ", token in " + configuration.token(),
                "  trainer   " + url(endpoints.trainerHealth(), "/metrics"),
                "  logs      " + logFolder(out),
                "try:  reflux fleet pull --registry " + url(endpoints.registry(), "") + " --token-file "
                        + configuration.token() + " --out vehicle",
                "      reflux dev scale 2 --out " + out);
    }

    @Override
    public String status() {
        return TrainerStatus.at(url(endpoints.trainerHealth(), "/metrics"));
    }
}
