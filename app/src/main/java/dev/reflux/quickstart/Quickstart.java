package dev.reflux.quickstart;

import dev.reflux.common.failure.UsageException;
import dev.reflux.embedded.EmbeddedKafka;
import dev.reflux.embedded.EmbeddedS3;
import dev.reflux.evaluation.SegmentationScore;
import dev.reflux.fleet.pull.PullPolicy;
import dev.reflux.fleet.pull.PulledStudent;
import dev.reflux.fleet.pull.StudentPuller;
import dev.reflux.quickstart.progress.Progress;
import dev.reflux.quickstart.report.ReportHtml;
import dev.reflux.quickstart.report.RunFacts;
import dev.reflux.registry.format.AliasNames;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.format.signing.TrustFile;
import dev.reflux.registry.gate.PromotionGate;
import dev.reflux.registry.store.ModelRegistry;
import dev.reflux.registry.store.StoreSettings;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.SegmentationModel;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * From labelled frame to pulled student in one JVM: broker, store, teacher, trainer, registry and vehicle are the real
 * ones. Interrupted anywhere, it goes on when it is started again on the same folder. Used once.
 */
public final class Quickstart implements AutoCloseable {

    private static final int STOP_WITHIN_SECONDS = 60;
    private static final int SAY_EVERY_SECONDS = 4;

    private final QuickstartSettings settings;
    private final Progress progress;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    public Quickstart(QuickstartSettings settings, Progress progress) {
        this.settings = settings;
        this.progress = progress;
    }

    /** Thrown out of {@link #run} when {@link #stop} was called. */
    public static final class Interrupted extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /**
     * Asks a run to end soon and cleanly, and waits until {@link #close} is called. Returns at once after that. Any
     * other thread.
     */
    public void stop() {
        if (ended.getCount() == 0) {
            return;
        }
        progress.say("Stopping.");
        stop.countDown();
        try {
            for (int waited = SAY_EVERY_SECONDS; !ended.await(SAY_EVERY_SECONDS, TimeUnit.SECONDS); ) {
                if (waited >= STOP_WITHIN_SECONDS) {
                    progress.say("  not everything ended in time; what was checkpointed is safe");
                    return;
                }
                progress.say("  still " + progress.activity());
                waited += SAY_EVERY_SECONDS;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Runs to the end and leaves the report.
     *
     * @return what came of it
     * @throws UsageException in one sentence, when something that was given will not do
     * @throws Interrupted when it was stopped
     */
    public RunFacts run() {
        try {
            long start = System.nanoTime();
            progress.say("Reflux quickstart: " + settings.dataset());
            progress.doing("reading models and frames");
            RunPlan plan = RunPlan.of(settings, progress);
            // The first start on a machine unpacks libtorch.
            progress.doing("loading PyTorch");
            try (TorchRuntime runtime = TorchRuntime.start(plan.torch())) {
                plan.requireTrainable(runtime);
                return run(plan, Workspace.open(settings), runtime, start);
            }
        } finally {
            progress.end();
        }
    }

    /**
     * Lets {@link #stop} return. The process ends when a shutdown hook's call of {@code stop} returns, so this is called
     * when the last sentence about the run has been written.
     */
    @Override
    public void close() {
        ended.countDown();
    }

    private RunFacts run(RunPlan plan, Workspace workspace, TorchRuntime runtime, long start) {
        progress.doing("looking which frames have a label");
        StreamedFrames frames = StreamedFrames.of(plan.stream());
        progress.say("  " + plan.offered() + " frames" + labeled(frames.labels()) + ", student at " + plan.studentView()
                + ", teacher at " + plan.teacherView() + ": " + plan.teacher().name());
        HeadFinder heads = new HeadFinder(plan, workspace, progress, this::requireNotStopped);
        progress.doing("loading the teacher");
        Path head = heads.find().orElseGet(() -> heads.fit(runtime));
        Evaluations scores = new Evaluations(workspace, runtime, plan.dataset(), progress, this::requireNotStopped);
        SegmentationScore teacher =
                scores.score("teacher", plan.teacherView(), () -> load(runtime, settings.teacherCard()));
        requireNotStopped();
        SegmentationScore before = scores.score("before", plan.studentView(), () -> plan.untrained(runtime));
        progress.say(String.format(
                Locale.ROOT,
                "  test mIoU before: teacher %.1f, untrained student %.1f",
                100 * teacher.miou(),
                100 * before.miou()));
        requireNotStopped();
        progress.doing("starting Kafka and S3 in this JVM");
        try (EmbeddedKafka broker = EmbeddedKafka.start(workspace.work("kafka"));
                EmbeddedS3 store = EmbeddedS3.start(workspace.store());
                RunHistory history = new RunHistory(workspace.work("history.jsonl"))) {
            StoreSettings s3 = Workspace.storeSettings(store);
            LivePath path = new LivePath(plan, frames, workspace, broker, s3, head, history, progress, stop);
            LivePath.Outcome outcome = path.stream();
            requireNotStopped();
            progress.doing("pulling the student");
            try (ModelRegistry registry = ModelRegistry.open(s3)) {
                PullPolicy signedOnly = PullPolicy.DEFAULT.withTrust(TrustFile.read(workspace.trust()));
                PulledStudent pulled = new StudentPuller(
                                registry.reader(), RunPlan.MODEL, workspace.vehicle(), signedOnly)
                        .pull(passed(registry));
                progress.say("  pulled version " + pulled.version() + ", verified; aliases "
                        + registry.catalog().aliases(RunPlan.MODEL));
                progress.doing("scoring the published versions");
                SegmentationScore after = scores.score("after", plan.studentView(), () -> load(runtime, pulled.card()));
                List<RunFacts.ScoredVersion> versions = scored(registry, plan, workspace, runtime, scores);
                RunFacts facts = new RunFacts(
                        plan.dataset(),
                        plan.offered(),
                        frames.labels(),
                        outcome.counts(),
                        outcome.deadLettered(),
                        plan.teacher().name(),
                        teacher,
                        before,
                        after,
                        history.points(),
                        versions,
                        throughput(outcome, history, start),
                        shown(outcome.config()),
                        pulled.version(),
                        pulled.file(),
                        described());
                progress.doing("writing the report");
                List<ReportHtml.StripRow> unlabeled = new UnlabeledFrames(plan, frames, scores)
                        .rows(() -> load(runtime, settings.teacherCard()), () -> load(runtime, pulled.card()));
                new ReportWriter(workspace, scores).write(facts, unlabeled);
                return facts;
            }
        }
    }

    private static String labeled(RunFacts.Labels labels) {
        return labels.all()
                ? ""
                : " (" + labels.atOnce() + " with their label, " + labels.later() + " with a late one, "
                        + labels.never() + " without)";
    }

    /** Returns what the vehicle pulls: the champion, or the newest version where the gate let none pass. */
    private String passed(ModelRegistry registry) {
        if (registry.reader().current(RunPlan.MODEL, AliasNames.CHAMPION).isPresent()) {
            return AliasNames.CHAMPION;
        }
        progress.say("  no version passed the promotion gate, and the newest one is pulled for this report only:"
                + " \"reflux models gate " + RunPlan.MODEL + " --history --local " + settings.out() + "\" says why");
        return AliasNames.LATEST;
    }

    private static SegmentationModel load(TorchRuntime runtime, Path card) {
        return SegmentationModel.load(runtime, card, SegmentationModel.Mode.INFERENCE);
    }

    private List<RunFacts.ScoredVersion> scored(
            ModelRegistry registry, RunPlan plan, Workspace workspace, TorchRuntime runtime, Evaluations scores) {
        List<RunFacts.ScoredVersion> scored = new ArrayList<>();
        PullPolicy keepAll = new PullPolicy(Optional.empty(), false, Integer.MAX_VALUE);
        StudentPuller archive =
                new StudentPuller(registry.reader(), RunPlan.MODEL, workspace.work("versions"), keepAll);
        Map<Long, String> verdicts = new TreeMap<>();
        PromotionGate.decisions(registry.catalog(), RunPlan.MODEL)
                .forEach(decision ->
                        verdicts.merge(decision.version(), decision.sentence(), (first, then) -> first + "; " + then));
        for (StudentVersion version : registry.catalog().versions(RunPlan.MODEL, 1)) {
            requireNotStopped();
            PulledStudent student = archive.pull(String.valueOf(version.version()));
            scored.add(new RunFacts.ScoredVersion(
                    version,
                    scores.score(
                            "version-" + version.version(), plan.studentView(), () -> load(runtime, student.card())),
                    verdicts.getOrDefault(version.version(), "not judged: a newer version came first")));
        }
        return scored;
    }

    private static RunFacts.Throughput throughput(LivePath.Outcome outcome, RunHistory history, long start) {
        return new RunFacts.Throughput(
                outcome.counts().trained() / outcome.seconds(),
                outcome.teacherMillis(),
                history.points().stream()
                        .mapToDouble(RunFacts.Point::millis)
                        .average()
                        .orElse(Double.NaN),
                outcome.wireBytesPerFrame(),
                (System.nanoTime() - start) / 1e9);
    }

    private RunFacts.Run described() {
        String version = Optional.ofNullable(Quickstart.class.getPackage().getImplementationVersion())
                .orElse("development");
        return new RunFacts.Run(
                settings.command(),
                version,
                Instant.now(),
                List.of(
                        "reflux models list --local " + settings.out(),
                        "reflux models show student --local " + settings.out(),
                        "reflux models gate student --history --local " + settings.out(),
                        "reflux fleet pull --local " + settings.out() + " --trust "
                                + settings.out().resolve("trust.json") + " --out my-vehicle",
                        "reflux evaluate --model my-vehicle/current/student.json --dataset " + settings.dataset()));
    }

    /** Settings as the report shows them: nothing secret. */
    private static Map<String, String> shown(Map<String, String> config) {
        Map<String, String> shown = new TreeMap<>(config);
        shown.keySet().removeIf(key -> key.endsWith("-key"));
        return shown;
    }

    private void requireNotStopped() {
        if (stop.getCount() == 0) {
            throw new Interrupted();
        }
    }
}
