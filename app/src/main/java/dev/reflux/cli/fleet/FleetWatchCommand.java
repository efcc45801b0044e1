package dev.reflux.cli.fleet;

import dev.reflux.cli.options.KafkaOptions;
import dev.reflux.cli.options.StoreOptions;
import dev.reflux.fleet.announce.KafkaVersionFollower;
import dev.reflux.fleet.pull.PulledStudent;
import dev.reflux.fleet.pull.StudentPuller;
import dev.reflux.fleet.watch.HttpVersionFollower;
import dev.reflux.fleet.watch.PollingVersionFollower;
import dev.reflux.fleet.watch.WatchStateFile;
import dev.reflux.registry.client.StoreException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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

    private static final long PAUSE_SECONDS = 15;
    private static final long UNANNOUNCED_SECONDS = 60;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    @Mixin
    private VehicleOptions vehicle = new VehicleOptions();

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Option(
            names = "--kafka",
            description =
                    "Look at the alias when Kafka announces a new version, and once a minute for promotions, instead of"
                            + " at the interval of --every.")
    private boolean overKafka;

    @Option(
            names = "--every",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "Interval at which the store is read (default: ${DEFAULT-VALUE}).")
    private int everySeconds;

    @Override
    public Integer call() throws Exception {
        try (StoreOptions.Opened opened = open()) {
            StudentPuller puller = new StudentPuller(opened.reader(), vehicle.model(), vehicle.out(), vehicle.policy());
            WatchStateFile state = new WatchStateFile(vehicle.out().resolve("watch.json"));
            if (overKafka) {
                watchAnnouncements(opened, puller, state);
            } else if (store.registry().isPresent()) {
                new HttpVersionFollower(
                                store.registry().get(), store.token(), vehicle.model(), vehicle.version(), state)
                        .follow(version -> pull(puller));
            } else {
                new PollingVersionFollower(
                                opened.reader(),
                                vehicle.model(),
                                vehicle.version(),
                                Duration.ofSeconds(Math.max(1, everySeconds)),
                                state)
                        .follow(version -> pull(puller));
            }
            return 0;
        }
    }

    /** A store that is away when the vehicle starts is waited for, as one that goes away later. */
    private StoreOptions.Opened open() throws InterruptedException {
        for (boolean first = true; ; first = false) {
            try {
                return store.open();
            } catch (StoreException e) {
                if (first) {
                    say(e.getMessage() + " It is tried again every " + PAUSE_SECONDS + " s.");
                }
                TimeUnit.SECONDS.sleep(PAUSE_SECONDS);
            }
        }
    }

    /** Pulls what the alias points at: a number would pass by the record that says whether it goes backwards on purpose. */
    private boolean pull(StudentPuller puller) {
        PulledStudent student = puller.pull(vehicle.version());
        spec.commandLine().getOut().println(student.model() + " version " + student.version() + " is in use.");
        return true;
    }

    /** An announcement is a hint to look at the alias. A promotion is not announced, so it is looked at now and then. */
    private void watchAnnouncements(StoreOptions.Opened opened, StudentPuller puller, WatchStateFile state) {
        PollingVersionFollower follower = new PollingVersionFollower(
                opened.reader(), vehicle.model(), vehicle.version(), Duration.ofSeconds(UNANNOUNCED_SECONDS), state);
        KafkaVersionFollower announcements = new KafkaVersionFollower(kafka.settings(), vehicle.model());
        Thread hints = new Thread(
                () -> announcements.follow(version -> {
                    follower.lookNow();
                    return true;
                }),
                "announcements");
        hints.setDaemon(true);
        hints.start();
        try {
            follower.follow(version -> pull(puller));
        } finally {
            hints.interrupt();
        }
    }

    private void say(@Nullable String sentence) {
        spec.commandLine().getErr().println("reflux: " + sentence);
    }
}
