package dev.reflux.quickstart;

import dev.reflux.common.failure.UsageException;
import dev.reflux.datasets.DatasetSplit;
import dev.reflux.embedded.EmbeddedKafka;
import dev.reflux.embedded.EmbeddedS3;
import dev.reflux.evaluation.SegmentationScore;
import dev.reflux.fleet.pull.PullPolicy;
import dev.reflux.fleet.pull.PulledStudent;
import dev.reflux.fleet.pull.StudentPuller;
import dev.reflux.quickstart.progress.Progress;
import dev.reflux.quickstart.report.RunFacts;
import dev.reflux.registry.format.AliasNames;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.format.signing.TrustFile;
import dev.reflux.registry.store.ModelRegistry;
import dev.reflux.registry.store.StoreSettings;
import dev.reflux.teacher.TeacherMain;
import dev.reflux.teacher.heads.ProjectionFitListener;
import dev.reflux.teacher.heads.ProjectionFitReport;
import dev.reflux.teacher.heads.ProjectionFitSettings;
import dev.reflux.teacher.heads.ProjectionFitter;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.SegmentationModel;
import java.nio.file.Files;
import java.nio.file.Path;
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
public final class Quickstart {

    private static final int STOP_WITHIN_SECONDS = 60;

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

    /** Asks a run to end soon and cleanly, and waits for that. Any other thread. */
    public void stop() {
        stop.countDown();
        try {
            if (!ended.await(STOP_WITHIN_SECONDS, TimeUnit.SECONDS)) {
                progress.say("  not everything ended in time; what was checkpointed is safe");
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
            RunPlan plan = RunPlan.of(settings);
            try (TorchRuntime runtime = TorchRuntime.start(plan.torch())) {
                plan.requireTrainable(runtime);
                return run(plan, Workspace.open(settings), runtime, start);
            }
        } finally {
            ended.countDown();
        }
    }

    private RunFacts run(RunPlan plan, Workspace workspace, TorchRuntime runtime, long start) {
        progress.say("Reflux quickstart: " + plan.dataset().id() + ", " + plan.offered() + " frames of " + plan.view()
                + ", teacher " + plan.teacher().name());
        Path head = projectionHead(plan, workspace, runtime);
        Evaluations scores = new Evaluations(workspace, runtime, plan.dataset(), plan.view(), progress);
        SegmentationScore teacher = scores.score("teacher", () -> load(runtime, settings.teacherCard()));
        requireNotStopped();
        SegmentationScore before = scores.score("before", () -> plan.untrained(runtime));
        progress.say(String.format(
                Locale.ROOT,
                "  test mIoU before: teacher %.1f, untrained student %.1f",
                100 * teacher.miou(),
                100 * before.miou()));
        requireNotStopped();
        progress.say("  starting Kafka and S3 in this JVM");
        try (EmbeddedKafka broker = EmbeddedKafka.start(workspace.work("kafka"));
                EmbeddedS3 store = EmbeddedS3.start(workspace.store());
                RunHistory history = new RunHistory(workspace.work("history.jsonl"))) {
            StoreSettings s3 = Workspace.storeSettings(store);
            LivePath path = new LivePath(plan, workspace, broker, s3, head, history, progress, stop);
            LivePath.Outcome outcome = path.stream();
            try (ModelRegistry registry = ModelRegistry.open(s3)) {
                PullPolicy signedOnly = PullPolicy.DEFAULT.withTrust(TrustFile.read(workspace.trust()));
                PulledStudent pulled = new StudentPuller(
                                registry.reader(), RunPlan.MODEL, workspace.vehicle(), signedOnly)
                        .pull(AliasNames.LATEST);
                progress.say("  pulled version " + pulled.version() + ", signature and hashes are right; names: "
                        + registry.catalog().aliases(RunPlan.MODEL));
                SegmentationScore after = scores.score("after", () -> load(runtime, pulled.card()));
                List<RunFacts.ScoredVersion> versions = scored(registry, workspace, runtime, scores);
                RunFacts facts = new RunFacts(
                        plan.dataset(),
                        plan.offered(),
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
                        pulled.file());
                new ReportWriter(workspace, scores).write(facts);
                return facts;
            }
        }
    }

    private Path projectionHead(RunPlan plan, Workspace workspace, TorchRuntime runtime) {
        Path beside = TeacherMain.headBeside(settings.teacherCard());
        Path fitted = workspace.work("projection.safetensors");
        if (Files.exists(beside)) {
            return beside;
        }
        if (!Files.exists(fitted)) {
            progress.say("  no projection head lies beside the teacher: fitting one on labelled frames");
            try (SegmentationModel model = load(runtime, settings.teacherCard())) {
                ProjectionFitReport report = new ProjectionFitter(
                                runtime, model, plan.view(), ProjectionFitSettings.DEFAULT)
                        .fit(new DatasetSplit(plan.dataset(), "train"), new FitProgress(progress));
                Workspace.whole(fitted, report.head()::write);
                progress.say(String.format(
                        Locale.ROOT,
                        "  projection head %s: BCE %.4f, on held-out frames %.4f",
                        report.head().id(),
                        report.trainBce(),
                        report.heldOutBce()));
            }
        }
        return fitted;
    }

    private record FitProgress(Progress progress) implements ProjectionFitListener {
        @Override
        public void extracted(int frames, int of) {
            progress.show("features", frames, of, "");
        }

        @Override
        public void searched(double l2, int evaluation, int of, double bce) {
            progress.show("fit", evaluation, of, String.format(Locale.ROOT, "penalty %.0e  BCE %.4f", l2, bce));
        }
    }

    private static SegmentationModel load(TorchRuntime runtime, Path card) {
        return SegmentationModel.load(runtime, card, SegmentationModel.Mode.INFERENCE);
    }

    private List<RunFacts.ScoredVersion> scored(
            ModelRegistry registry, Workspace workspace, TorchRuntime runtime, Evaluations scores) {
        List<RunFacts.ScoredVersion> scored = new ArrayList<>();
        PullPolicy keepAll = new PullPolicy(Optional.empty(), false, Integer.MAX_VALUE);
        StudentPuller archive =
                new StudentPuller(registry.reader(), RunPlan.MODEL, workspace.work("versions"), keepAll);
        for (StudentVersion version : registry.catalog().versions(RunPlan.MODEL, 1)) {
            requireNotStopped();
            PulledStudent student = archive.pull(String.valueOf(version.version()));
            scored.add(new RunFacts.ScoredVersion(
                    version, scores.score("version-" + version.version(), () -> load(runtime, student.card()))));
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
