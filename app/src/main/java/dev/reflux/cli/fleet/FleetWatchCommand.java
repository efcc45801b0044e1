package dev.reflux.cli.fleet;

import dev.reflux.cli.options.KafkaOptions;
import dev.reflux.cli.options.StoreOptions;
import dev.reflux.fleet.announce.KafkaVersionFollower;
import dev.reflux.fleet.pull.PulledStudent;
import dev.reflux.fleet.pull.RefusedStudentException;
import dev.reflux.fleet.pull.StudentPuller;
import dev.reflux.fleet.watch.HttpVersionFollower;
import dev.reflux.fleet.watch.PollingVersionFollower;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Keeps the folder of a vehicle up to date. */
@Command(
        name = "watch",
        description = "Watch for new students and pull each when it appears, until Ctrl-C.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux fleet watch --model student --out vehicle",
            "  reflux fleet watch --registry https://registry:8443 --token-file token --out vehicle",
            "  reflux fleet watch --vehicle car-7 --canary-percent 5 --trust trust.json --out vehicle",
            "  reflux fleet watch --kafka --bootstrap-servers kafka:9092 --out vehicle",
        })
final class FleetWatchCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    private boolean help;

    @Mixin
    private VehicleOptions vehicle = new VehicleOptions();

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Option(
            names = "--kafka",
            description = "Look at the registry when Kafka announces a new version, instead of at intervals.")
    private boolean overKafka;

    @Option(
            names = "--every",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "Interval at which the store is read (default: ${DEFAULT-VALUE}).")
    private int everySeconds;

    @Override
    public Integer call() throws Exception {
        try (StoreOptions.Opened opened = store.open()) {
            StudentPuller puller = new StudentPuller(opened.reader(), vehicle.model(), vehicle.out(), vehicle.policy());
            if (overKafka) {
                new KafkaVersionFollower(kafka.settings(), vehicle.model())
                        .follow(version -> pull(puller, vehicle.version()));
            } else if (store.registry().isPresent()) {
                new HttpVersionFollower(store.registry().get(), store.token(), vehicle.model(), vehicle.version())
                        .follow(version -> pull(puller, String.valueOf(version)));
            } else {
                new PollingVersionFollower(
                                opened.reader(),
                                vehicle.model(),
                                vehicle.version(),
                                Duration.ofSeconds(Math.max(1, everySeconds)))
                        .follow(version -> pull(puller, String.valueOf(version)));
            }
            return 0;
        }
    }

    private boolean pull(StudentPuller puller, String version) {
        try {
            PulledStudent student = puller.pull(version);
            spec.commandLine().getOut().println(student.model() + " version " + student.version() + " is in use.");
        } catch (RefusedStudentException e) {
            spec.commandLine().getErr().println("reflux: " + e.getMessage());
        }
        return true;
    }
}
