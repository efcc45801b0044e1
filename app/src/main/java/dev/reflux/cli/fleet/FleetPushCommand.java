package dev.reflux.cli.fleet;

import dev.reflux.cli.options.DatasetOption;
import dev.reflux.cli.options.KafkaOptions;
import dev.reflux.cli.options.LabelOptions;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.shutdown.ClosedAtShutdown;
import dev.reflux.datasets.FleetPlan;
import dev.reflux.datasets.SparseLabels;
import dev.reflux.fleet.push.FramePusher;
import dev.reflux.fleet.push.PushProgress;
import dev.reflux.fleet.push.PushSettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Pushes a data set as a fleet of cameras does. */
@Command(
        name = "push",
        mixinStandardHelpOptions = true,
        description = "Push the frames of a data set, with their labels, as a fleet of cameras does.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux fleet push --dataset synthetic --rate 10",
            "  reflux fleet push --dataset camvid:DIR --cameras 4 --loop --rate 30 --spool spool",
            "  reflux fleet push --dataset folder:DIR --rate 30 --label-every 10 --labels-later 60",
        })
final class FleetPushCommand implements Callable<Integer> {

    private static final long REPORT_NANOS = 1_000_000_000L;
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    /** Longest wait after Ctrl-C for the brokers' answers to what was sent. */
    private static final Duration STOP_WITHIN = Duration.ofSeconds(15);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Mixin
    private DatasetOption dataset = new DatasetOption();

    @Option(
            names = "--split",
            defaultValue = "train",
            description = "Split of the data set (default: ${DEFAULT-VALUE}).")
    private String split = "";

    @Option(
            names = "--rate",
            paramLabel = "FPS",
            defaultValue = "0",
            description = "Frames per second of all cameras together; 0 sends as fast as the brokers accept (default).")
    private double rate;

    @Option(
            names = "--cameras",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Number of cameras, each of which sends every frame; 0 takes those of the data set (default).")
    private int cameras;

    @Option(names = "--loop", description = "Start over at the end of the data set; frame ids and times continue.")
    private boolean loop;

    @Option(
            names = "--frames",
            paramLabel = "N",
            defaultValue = "0",
            description = "Number of frames after which the push stops; 0 never stops (default).")
    private long frames;

    @Mixin
    private LabelOptions labels = new LabelOptions();

    @Option(
            names = "--spool",
            paramLabel = "DIR",
            description = "Folder that keeps frames while the brokers cannot be reached; a later push resumes from it.")
    private @Nullable Path spool;

    @Option(
            names = "--spool-mib",
            paramLabel = "N",
            defaultValue = "1024",
            description = "Capacity of the spool in MiB (default: ${DEFAULT-VALUE}).")
    private long spoolMib;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            defaultValue = "4",
            description = "Partitions of each topic that does not exist yet (default: ${DEFAULT-VALUE}).")
    private int partitions;

    @Override
    public Integer call() {
        FleetPlan plan = new FleetPlan(dataset.open(), split, cameras, loop ? 0 : 1, frames);
        SparseLabels messages = new SparseLabels(plan, labels.schedule());
        plan.dataset().count(split);
        // Before anything waits for the brokers: it may read the whole split.
        long count = messages.count();
        KafkaSettings brokers = kafka.settings();
        PushSettings settings = PushSettings.to(brokers).withRate(rate).withDeliveryTimeout(Duration.ofSeconds(5));
        if (spool != null) {
            settings = settings.withSpool(spool, spoolMib << 20);
        }
        String who = "the brokers at " + brokers.bootstrapServers();
        PrintWriter err = spec.commandLine().getErr();
        try (Waiting waiting = new Waiting(err, who, PATIENCE)) {
            ensureTopics(brokers);
        }
        CountDownLatch ended = new CountDownLatch(1);
        try (FramePusher pusher = FramePusher.open(settings);
                Waiting waiting = new Waiting(err, who, patience())) {
            ClosedAtShutdown.of("push", STOP_WITHIN, () -> {
                pusher.stop();
                ended.await();
            });
            push(pusher, messages, count, waiting);
            return 0;
        } finally {
            ended.countDown();
        }
    }

    private void push(FramePusher pusher, SparseLabels messages, long count, Waiting waiting) {
        PrintWriter out = spec.commandLine().getOut();
        long from = pusher.resumeAt(messages);
        if (from > 0) {
            out.println("Resuming after message " + from + ".");
        }
        String what = messages.twice() ? "frames and labels" : "frames";
        long[] told = {System.nanoTime()};
        PushProgress end = pusher.push(messages, from, now -> {
            if (!now.brokersAway()) {
                waiting.progressed();
            }
            if (System.nanoTime() - told[0] > REPORT_NANOS) {
                told[0] = System.nanoTime();
                out.println(line(now, count, what));
            }
        });
        out.println(line(end, count, what));
    }

    /** Returns how long no progress is normal: at a low rate the pusher reports seldom. */
    private Duration patience() {
        double between = rate > 0 ? FramePusher.REPORT_EVERY / rate : 0;
        return PATIENCE.plusMillis((long) (1000 * between));
    }

    /** With a spool, the push starts although the brokers cannot be reached. */
    private void ensureTopics(KafkaSettings brokers) {
        try {
            Topics.ensure(brokers, new Topics.Plan(partitions, (short) 1, -1));
        } catch (UsageException e) {
            if (spool == null) {
                throw e;
            }
            spec.commandLine()
                    .getErr()
                    .println("reflux: " + e.getMessage() + " Until then the spool " + spool + " keeps the frames.");
        }
    }

    private static String line(PushProgress now, long count, String what) {
        return String.format(
                Locale.ROOT,
                "%d%s %s acknowledged, %.1f MB%s%s%s",
                now.acknowledged(),
                count < 0 ? "" : " of " + count,
                what,
                now.bytes() / 1e6,
                now.refused() > 0 ? ", " + now.refused() + " too large" : "",
                now.spooled() > 0 ? ", " + now.spooled() + " in the spool" : "",
                now.brokersAway() ? ", brokers unreachable" : "");
    }
}
