package dev.reflux.quickstart;

import dev.reflux.common.config.ConfigLoader;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.model.ModelCard;
import dev.reflux.datasets.Dataset;
import dev.reflux.datasets.Datasets;
import dev.reflux.embedded.EmbeddedKafka;
import dev.reflux.embedded.EmbeddedS3;
import dev.reflux.evaluation.SegmentationScore;
import dev.reflux.fleet.pull.PullPolicy;
import dev.reflux.fleet.pull.PulledStudent;
import dev.reflux.fleet.pull.StudentPuller;
import dev.reflux.fleet.push.FleetPlan;
import dev.reflux.fleet.push.FramePusher;
import dev.reflux.fleet.push.PushListener;
import dev.reflux.fleet.push.PushSettings;
import dev.reflux.quickstart.report.RunFacts;
import dev.reflux.registry.ModelRegistry;
import dev.reflux.registry.StudentVersion;
import dev.reflux.registry.store.StoreSettings;
import dev.reflux.teacher.TeacherConfig;
import dev.reflux.teacher.TeacherListener;
import dev.reflux.teacher.TeacherService;
import dev.reflux.teacher.TeacherSnapshot;
import dev.reflux.teacher.fit.ProjectionFitListener;
import dev.reflux.teacher.fit.ProjectionFitReport;
import dev.reflux.teacher.fit.ProjectionFitSettings;
import dev.reflux.teacher.fit.ProjectionFitter;
import dev.reflux.teacher.labelled.LabelledFrames;
import dev.reflux.torch.TorchOptions;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.SegmentationModel;
import dev.reflux.trainer.TrainerConfig;
import dev.reflux.trainer.TrainerListener;
import dev.reflux.trainer.TrainerService;
import dev.reflux.trainer.checkpoint.TrainerState;
import dev.reflux.trainer.publish.PublishedStudent;
import dev.reflux.trainer.update.StepReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * From labelled frame to pulled student in one JVM: broker, store, teacher, trainer, registry and vehicle are the real
 * ones. Interrupted anywhere, it goes on when it is started again on the same folder.
 */
public final class Quickstart {

    static final String MODEL = "student";
    private static final String GROUP = "reflux-teacher";
    private static final String BUCKET = "reflux-models";
    private static final int VERSIONS = 4;
    private static final int CHECKPOINTS = 12;

    private final QuickstartSettings settings;
    private final ProgressLine progress;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    public Quickstart(QuickstartSettings settings, ProgressLine progress) {
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
            ended.await(60, TimeUnit.SECONDS);
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
            return open();
        } finally {
            ended.countDown();
        }
    }

    private RunFacts open() {
        Dataset dataset = Datasets.open(datasetSpec());
        ModelCard teacher = ModelCard.read(settings.teacherCard());
        teacher.verify(teacher.modelFile(settings.teacherCard()));
        if (teacher.labelSchema().classCount() != dataset.schema().classCount()) {
            throw new UsageException("The teacher " + teacher.name() + " knows " + teacher.labelSchema().id()
                    + " and the data set " + dataset.id() + " is labelled by " + dataset.schema().id()
                    + "; give a --teacher of that schema.");
        }
        Workspace workspace = Workspace.open(settings);
        long start = System.nanoTime();
        ImageSize view = view(dataset);
        try (TorchRuntime runtime = TorchRuntime.start(new TorchOptions(settings.threads(), "auto"))) {
            progress.say("Reflux quickstart: " + dataset.id() + ", " + offered(dataset) + " frames of " + view + ", teacher "
                    + teacher.name());
            Path head = projectionHead(runtime, dataset, teacher, view, workspace);
            Evaluations evaluations = new Evaluations(workspace, runtime, dataset, view, progress);
            SegmentationScore teacherScore = evaluations.score(
                    "teacher",
                    () -> SegmentationModel.load(runtime, settings.teacherCard(), SegmentationModel.Mode.INFERENCE));
            SegmentationScore before = evaluations.score("before", () -> untrained(runtime, dataset));
            progress.say(String.format(
                    Locale.ROOT,
                    "  test mIoU: teacher %.1f, untrained student %.1f",
                    100 * teacherScore.miou(),
                    100 * before.miou()));
            return stream(dataset, view, head, workspace, runtime, evaluations, teacherScore, before, start);
        }
    }

    private RunFacts stream(
            Dataset dataset,
            ImageSize view,
            Path head,
            Workspace workspace,
            TorchRuntime runtime,
            Evaluations evaluations,
            SegmentationScore teacherScore,
            SegmentationScore before,
            long start) {
        progress.say("  starting Kafka and S3 in this JVM");
        try (EmbeddedKafka broker = EmbeddedKafka.start(workspace.work("kafka"));
                EmbeddedS3 store = EmbeddedS3.start(workspace.work("s3"));
                RunHistory history = new RunHistory(workspace.work("history.jsonl"))) {
            KafkaSettings kafka = KafkaSettings.of(broker.bootstrapServers());
            Topics.ensure(kafka, new Topics.Plan(1, (short) 1, -1));
            Map<String, String> teacherOverrides = teacherOverrides(kafka, head, view);
            Map<String, String> trainerOverrides = trainerOverrides(kafka, store, dataset, workspace);
            TrainerState.Counts counts;
            TeacherSnapshot taught;
            double seconds;
            long deadLettered;
            try (Stream stream = new Stream(kafka)) {
                Live live = new Live(history, offered(dataset));
                long began = System.nanoTime();
                try (TrainerService trainer = TrainerService.start(
                                ConfigLoader.load(TrainerConfig.class, null, Map.of(), trainerOverrides), live);
                        TeacherService teacher = TeacherService.start(
                                ConfigLoader.load(TeacherConfig.class, null, Map.of(), teacherOverrides), live);
                        FramePusher pusher = FramePusher.open(PushSettings.to(kafka))) {
                    live.watch(trainer);
                    pushAll(pusher, dataset, stream, teacher, trainer);
                    taught = teacher.snapshot();
                    trainer.finishAfter(offered(dataset) - teacherLetters(stream));
                    requireHealth(trainer);
                    counts = trainer.counts();
                }
                seconds = (System.nanoTime() - began) / 1e9;
                deadLettered = stream.deadLetters().size();
            }
            try (ModelRegistry registry = ModelRegistry.open(storeSettings(store))) {
                PulledStudent pulled = new StudentPuller(registry, MODEL, workspace.students(), PullPolicy.DEFAULT)
                        .pull(ModelRegistry.LATEST);
                List<RunFacts.ScoredVersion> versions = scored(registry, workspace, runtime, evaluations);
                SegmentationScore after = evaluations.score(
                        "after",
                        () -> SegmentationModel.load(runtime, pulled.card(), SegmentationModel.Mode.INFERENCE));
                Map<String, String> config = new HashMap<>(trainerOverrides);
                config.putAll(teacherOverrides);
                config.keySet().removeIf(key -> key.contains("key"));
                RunFacts facts = new RunFacts(
                        dataset,
                        offered(dataset),
                        counts,
                        deadLettered,
                        ModelCard.read(settings.teacherCard()).name(),
                        teacherScore,
                        before,
                        after,
                        history.points().stream().map(Quickstart::point).toList(),
                        versions,
                        new RunFacts.Throughput(
                                counts.trained() / seconds,
                                taught.millisPerFrame().values().stream()
                                        .mapToDouble(Double::doubleValue)
                                        .sum(),
                                history.points().stream()
                                        .mapToDouble(RunHistory.Point::millis)
                                        .average()
                                        .orElse(Double.NaN),
                                taught.samples() == 0 ? Double.NaN : (double) taught.wireBytes() / taught.samples(),
                                (System.nanoTime() - start) / 1e9),
                        config,
                        pulled.file());
                new ReportWriter(workspace, evaluations).write(facts);
                return facts;
            }
        }
    }

    private static RunFacts.Point point(RunHistory.Point p) {
        return new RunFacts.Point(
                p.step(), p.frames(), p.prequential(), p.ce(), p.kd(), p.hakd(), p.bce(), p.share(), p.weight());
    }

    /** Pushes what is not in the topic yet, on a thread of its own, and waits until the teacher is through. */
    private void pushAll(
            FramePusher pusher, Dataset dataset, Stream stream, TeacherService teacher, TrainerService trainer) {
        long there = stream.pushed();
        long all = offered(dataset);
        Thread push = new Thread(
                () -> pusher.push(FleetPlan.once(dataset, "train").first(all), there, PushListener.SILENT), "push");
        push.setDaemon(true);
        java.util.concurrent.atomic.AtomicReference<Throwable> failed = new java.util.concurrent.atomic.AtomicReference<>();
        push.setUncaughtExceptionHandler((thread, error) -> failed.set(error));
        if (there < all) {
            push.start();
        }
        while (stream.taught(GROUP) < all) {
            if (awaitStop(200)) {
                pusher.stop();
                throw new Interrupted();
            }
            Throwable error = failed.get();
            if (error != null) {
                throw error instanceof RuntimeException known ? known : new IllegalStateException(error);
            }
            teacher.failure().ifPresent(cause -> {
                throw new IllegalStateException("the teacher stopped: " + cause.getMessage(), cause);
            });
            requireHealth(trainer);
        }
    }

    private static void requireHealth(TrainerService trainer) {
        trainer.failure().ifPresent(cause -> {
            throw new IllegalStateException("the trainer stopped: " + cause.getMessage(), cause);
        });
    }

    private static long teacherLetters(Stream stream) {
        return stream.deadLetters().stream()
                .filter(source -> source.startsWith(Topics.FRAMES_LABELED))
                .count();
    }

    private boolean awaitStop(long millis) {
        try {
            return stop.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return true;
        }
    }

    private List<RunFacts.ScoredVersion> scored(
            ModelRegistry registry, Workspace workspace, TorchRuntime runtime, Evaluations evaluations) {
        List<RunFacts.ScoredVersion> scored = new ArrayList<>();
        StudentPuller archive = new StudentPuller(
                registry, MODEL, workspace.work("versions"), new PullPolicy(Optional.empty(), false, Integer.MAX_VALUE));
        for (StudentVersion version : registry.versions(MODEL, 1)) {
            PulledStudent student = archive.pull(String.valueOf(version.version()));
            SegmentationScore score = evaluations.score(
                    "version-" + version.version(),
                    () -> SegmentationModel.load(runtime, student.card(), SegmentationModel.Mode.INFERENCE));
            scored.add(new RunFacts.ScoredVersion(version, score));
        }
        return scored;
    }

    // ---- what is given, and what follows from it -------------------------------------------------------------------

    private String datasetSpec() {
        boolean plainSynthetic = settings.dataset().equals("synthetic");
        return plainSynthetic && settings.frames() > 0 ? "synthetic:1," + settings.frames() : settings.dataset();
    }

    private long offered(Dataset dataset) {
        int all = dataset.count("train");
        return settings.frames() > 0 ? Math.min(settings.frames(), all) : all;
    }

    /** Frames are looked at as they are, up to the teacher's own size. */
    private ImageSize view(Dataset dataset) {
        ImageSize wanted = ModelCard.read(settings.teacherCard()).input().size();
        return dataset.size().pixels() <= wanted.pixels() ? dataset.size() : wanted;
    }

    private SegmentationModel untrained(TorchRuntime runtime, Dataset dataset) {
        SegmentationModel student =
                SegmentationModel.load(runtime, settings.studentCard(), SegmentationModel.Mode.INFERENCE);
        if (!student.card().labelSchema().id().equals(dataset.schema().id())
                && !student.resetClasses(dataset.schema(), (int) settings.seed())) {
            throw new UsageException("The student " + student.card().name() + " has the classes of "
                    + student.card().labelSchema().id() + " and cannot be given those of " + dataset.schema().id()
                    + "; give a --student of that schema.");
        }
        student.resetParameters((int) settings.seed());
        return student;
    }

    private Path projectionHead(
            TorchRuntime runtime, Dataset dataset, ModelCard teacher, ImageSize view, Workspace workspace) {
        String stem = String.valueOf(settings.teacherCard().getFileName()).replaceFirst("\\.json$", "");
        Path beside = settings.teacherCard().resolveSibling(stem + ".projection.safetensors");
        Path fitted = workspace.work("projection.safetensors");
        if (Files.exists(beside)) {
            return beside;
        }
        if (!Files.exists(fitted)) {
            progress.say("  fitting the projection head of " + teacher.name() + " on labelled frames");
            try (SegmentationModel model =
                    SegmentationModel.load(runtime, settings.teacherCard(), SegmentationModel.Mode.INFERENCE)) {
                ProjectionFitReport report = new ProjectionFitter(runtime, model, view, ProjectionFitSettings.DEFAULT)
                        .fit(LabelledFrames.of(dataset, "train"), new FitProgress(progress));
                report.head().write(fitted);
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

    private record FitProgress(ProgressLine progress) implements ProjectionFitListener {
        @Override
        public void extracted(int frames, int of) {
            progress.show("features", frames, of, "");
        }

        @Override
        public void searched(double l2, int evaluation, int of, double bce) {
            progress.show("fit", evaluation, of, String.format(Locale.ROOT, "BCE %.4f", bce));
        }
    }

    private Map<String, String> teacherOverrides(KafkaSettings kafka, Path head, ImageSize view) {
        Map<String, String> config = new HashMap<>();
        config.put("teacher.kafka.bootstrap-servers", kafka.bootstrapServers());
        config.put("teacher.kafka.group", GROUP);
        config.put("teacher.kafka.transactional-id", "quickstart-teacher");
        config.put("teacher.model.card", settings.teacherCard().toString());
        config.put("teacher.model.projection", head.toString());
        config.put("teacher.view.width", String.valueOf(view.width()));
        config.put("teacher.view.height", String.valueOf(view.height()));
        config.put("teacher.compute.threads", String.valueOf(settings.threads()));
        config.put("teacher.health.port", "0");
        return config;
    }

    private Map<String, String> trainerOverrides(
            KafkaSettings kafka, EmbeddedS3 store, Dataset dataset, Workspace workspace) {
        long frames = offered(dataset);
        StoreSettings s3 = storeSettings(store);
        Map<String, String> config = new HashMap<>();
        config.put("trainer.kafka.bootstrap-servers", kafka.bootstrapServers());
        config.put("trainer.student.name", MODEL);
        config.put("trainer.student.card", settings.studentCard().toString());
        config.put("trainer.student.label-schema", dataset.schema().id());
        config.put("trainer.student.fresh", "true");
        config.put("trainer.student.seed", String.valueOf(settings.seed()));
        config.put("trainer.store.endpoint", s3.endpoint().toString());
        config.put("trainer.store.bucket", s3.bucket());
        config.put("trainer.store.access-key", s3.accessKey());
        config.put("trainer.store.secret-key", s3.secretKey());
        config.put("trainer.checkpoint.folder", workspace.work("checkpoints").toString());
        config.put("trainer.checkpoint.every-frames", String.valueOf(Math.max(4, frames / CHECKPOINTS)));
        config.put("trainer.checkpoint.publish-every-frames", String.valueOf(Math.max(4, frames / (VERSIONS + 1))));
        config.put("trainer.learning.warm-up-frames", String.valueOf(frames / 4));
        config.put("trainer.compute.threads", String.valueOf(settings.threads()));
        config.put("trainer.health.port", "0");
        schemaFile(dataset, workspace).ifPresent(file -> config.put("trainer.label-schemas", file));
        return config;
    }

    /** A schema of the user's own reaches the trainer as a file. */
    private static Optional<String> schemaFile(Dataset dataset, Workspace workspace) {
        if (dev.reflux.common.label.LabelSchemas.builtIn().find(dataset.schema().id()).isPresent()) {
            return Optional.empty();
        }
        Path file = workspace.work("label-schema.json");
        try {
            Files.writeString(file, dataset.schema().toJson());
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return Optional.of(file.toString());
    }

    private static StoreSettings storeSettings(EmbeddedS3 store) {
        return new StoreSettings(store.endpoint(), "us-east-1", BUCKET, store.accessKey(), store.secretKey());
    }

    /** Shows on the progress line what trainer and teacher say. */
    private final class Live implements TrainerListener, TeacherListener {

        private final RunHistory history;
        private final long offered;
        private volatile TrainerService trainer;
        private volatile long version;

        @SuppressWarnings("NullAway.Init") // The trainer tells its listener before it is handed out.
        Live(RunHistory history, long offered) {
            this.history = history;
            this.offered = offered;
        }

        void watch(TrainerService started) {
            trainer = started;
        }

        @Override
        public void stepped(StepReport report, TrainerState.Counts counts, double prequentialMiou) {
            history.add(report, counts, prequentialMiou);
            long done = counts.trained() + counts.heldOut() + counts.deadLettered() + counts.duplicates();
            TrainerService known = trainer;
            progress.show(
                    "train",
                    done,
                    offered,
                    String.format(
                            Locale.ROOT,
                            "mIoU %.1f  loss %.2f%s  lag %d  v%d",
                            100 * prequentialMiou,
                            report.total(),
                            report.warmUp() ? " (warm-up)" : "",
                            known == null ? 0 : known.lag(),
                            version));
        }

        @Override
        public void published(PublishedStudent student) {
            version = student.version().version();
            progress.say(String.format(
                    Locale.ROOT,
                    "  published v%d after %d frames: held-out mIoU %.1f",
                    version,
                    student.version().lineage().framesTrained(),
                    100 * Math.max(student.raw().miou(), student.averaged().miou())));
        }
    }
}
