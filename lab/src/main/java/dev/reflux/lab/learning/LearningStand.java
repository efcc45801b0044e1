package dev.reflux.lab.learning;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageCodec;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMapCodec;
import dev.reflux.common.message.LabeledFrame;
import dev.reflux.common.model.ModelCard;
import dev.reflux.datasets.Dataset;
import dev.reflux.datasets.DatasetCatalog;
import dev.reflux.datasets.DatasetSplit;
import dev.reflux.datasets.FleetPlan;
import dev.reflux.evaluation.SegmentationScore;
import dev.reflux.lab.learning.RunResult.Budget;
import dev.reflux.teacher.TeacherMain;
import dev.reflux.teacher.heads.ProjectionFitListener;
import dev.reflux.teacher.heads.ProjectionFitReport;
import dev.reflux.teacher.heads.ProjectionFitSettings;
import dev.reflux.teacher.heads.ProjectionFitter;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.ProjectionHeadFile;
import dev.reflux.torch.model.SegmentationModel;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.update.LearnerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The parts that all runs share: a stream with the teacher's tensors, a test, an initial student, and the finished runs.
 *
 * <ol>
 *   <li>A finished run is written to disk before the next one begins, and is not repeated.
 *   <li>Runs of a seed start with the same weights and draw the same random numbers.
 * </ol>
 *
 * The caller's thread computes. Not thread-safe.
 */
public final class LearningStand implements AutoCloseable {

    private final LearningSettings settings;
    private final LearningListener listener;
    private final Dataset dataset;
    private final RunStore store;
    private final Views views;
    private final TorchRuntime runtime;
    private final ProjectionHeadFile head;
    private final List<Protocol.Shot> taught;
    private final StreamPlan plan;
    private final TestSet tests;
    private final Students students;

    private LearningStand(
            LearningSettings settings,
            LearningListener listener,
            Dataset dataset,
            RunStore store,
            TorchRuntime runtime) {
        this.settings = settings;
        this.listener = listener;
        this.dataset = dataset;
        this.store = store;
        this.views = Views.of(settings, dataset);
        this.runtime = runtime;
        this.head = ProjectionHeadFile.read(head());
        this.taught = taught("train");
        this.plan = settings.protocol().plan(taught, this::testFrames);
        this.tests = new TestSet(runtime, plan.tests(), dataset.schema());
        this.students = new Students(runtime, settings.student(), dataset.schema());
    }

    /**
     * A run.
     *
     * @param row its name; name and seed identify a run
     * @param method the learning method
     * @param seed the seed of weights, batches and augmentation
     * @param seen maps a sample to the one that the student receives
     */
    public record Run(String row, LearningMethod method, int seed, UnaryOperator<TrainingSample> seen) {

        RunResult.Key key() {
            return new RunResult.Key(row, true, Budget.STEPS, seed);
        }
    }

    /** @throws UsageException if data set, teacher or student cannot be used */
    public static LearningStand open(LearningSettings settings, LearningListener listener) {
        Dataset dataset = DatasetCatalog.open(settings.dataset());
        RunStore store = RunStore.open(settings);
        makeCache(settings.cache());
        TorchRuntime runtime = TorchRuntime.start(settings.torch());
        try {
            return new LearningStand(settings, listener, dataset, store, runtime);
        } catch (RuntimeException e) {
            runtime.close();
            throw e;
        }
    }

    private static void makeCache(Path cache) {
        try {
            Files.createDirectories(cache);
        } catch (IOException e) {
            throw new UsageException("The folder " + cache + " cannot be written; choose another --cache.", e);
        }
    }

    public TorchRuntime runtime() {
        return runtime;
    }

    public Dataset dataset() {
        return dataset;
    }

    Views views() {
        return views;
    }

    /** Returns the size at which the student looks. */
    public ImageSize view() {
        return views.student();
    }

    StreamPlan plan() {
        return plan;
    }

    RunStore store() {
        return store;
    }

    Students students() {
        return students;
    }

    /** Returns the initial student of a seed, which the caller closes. */
    public SegmentationModel untrained(int seed) {
        return students.untrained(seed);
    }

    /** Returns the score of a model on the test. */
    public SegmentationScore score(SegmentationModel model) {
        return tests.score(model, views.student());
    }

    /** Returns the trainer's defaults with a method's own settings. */
    public LearnerSettings learnerSettings(LearningMethod method) {
        return StudentRun.learnerSettings(method, Math.round(method.tuning().warmUp() * plan.frames()));
    }

    /** Returns the scored frames. */
    public int tests() {
        return tests.size();
    }

    /** Returns all samples of {@code train} in order. Some protocols do not stream all of them. */
    public List<Protocol.Shot> taught() {
        return taught;
    }

    /** Returns all samples of a split in order, as the teacher service would send them. */
    public List<Protocol.Shot> taught(String split) {
        return new TaughtFrames(dataset, split, settings.teacher(), head, views.teacher(), settings.wire(), listener)
                .read(runtime, settings.cache(), views.student());
    }

    /** Returns a line that names the stream and the test. */
    public String summary() {
        return settings.protocol().word() + " of " + dataset.id() + ": " + plan.frames() + " frames in "
                + plan.legs().size() + " legs, scored on " + tests.size() + " frames, " + views;
    }

    // ---- runs --------------------------------------------------------------------------------------------------

    /** Returns the number of optimizer steps of a run. */
    public long steps(LearningMethod method) {
        return steps(method, 1);
    }

    /** @param factor part of the steps within the time budget, (0, 1] */
    long steps(LearningMethod method, double factor) {
        int batch = settings.newFrames() + settings.replayedFrames();
        int updates = method.tuning().updates() > 0 ? method.tuning().updates() : settings.updates();
        return switch (method.kind()) {
            case FROZEN -> 0;
            case ONLINE -> Math.round(factor * updates * plan.windows(settings.newFrames()));
            case OFFLINE -> (long) settings.offlineEpochs() * ((plan.frames() + batch - 1) / batch);
        };
    }

    /** Returns the stored result of a finished run. */
    public Optional<RunResult> ended(Run run) {
        return store.find(run.key());
    }

    /**
     * Runs a student through the stream, with replay.
     *
     * @param onlooker observes the learner before and after
     * @param steps receives the number of steps done
     */
    public RunResult run(Run run, LearnerOnlooker onlooker, LongConsumer steps) {
        StudentRun.Bench bench = bench(plan.seenAs(run.seen()));
        RunResult result = new StudentRun(bench, run.method(), run.key(), 1, onlooker, steps).run();
        store.store(result);
        return result;
    }

    StudentRun.Bench bench() {
        return bench(plan);
    }

    private StudentRun.Bench bench(StreamPlan of) {
        return new StudentRun.Bench(runtime, settings, of, tests, students, views.student());
    }

    /**
     * Returns a further result, which is computed once and stored with the runs.
     *
     * @param what its name, which includes everything on which it depends besides the settings of the runs
     */
    public <T> T kept(String what, TypeReference<T> type, Supplier<T> computed) {
        String name = RunResult.safe(what);
        return store.read(name, type).orElseGet(() -> {
            T value = computed.get();
            RunStore.write(store.file(name), value);
            return value;
        });
    }

    /** Returns the teacher's score on the test. */
    public SegmentationScore teacher() {
        return kept("teacher.json", new TypeReference<>() {}, () -> {
            listener.progressed("score", 0, 1, "the teacher");
            try (SegmentationModel model =
                    SegmentationModel.load(runtime, settings.teacher(), SegmentationModel.Mode.INFERENCE)) {
                return tests.score(model, views.teacher());
            }
        });
    }

    // ---- set-up ------------------------------------------------------------------------------------------------

    private Path head() {
        if (settings.projection() != null) {
            return settings.projection();
        }
        Path beside = TeacherMain.headBeside(settings.teacher());
        if (Files.exists(beside)) {
            return beside;
        }
        Path fitted = settings.cache()
                .resolve("projection-" + ModelCard.read(settings.teacher()).name() + "-" + views.teacher()
                        + ".safetensors");
        if (!Files.exists(fitted)) {
            listener.say("No projection head lies beside the teacher: fitting one on labelled frames.");
            try (SegmentationModel model =
                    SegmentationModel.load(runtime, settings.teacher(), SegmentationModel.Mode.INFERENCE)) {
                ProjectionFitReport report = new ProjectionFitter(
                                runtime, model, views.teacher(), ProjectionFitSettings.DEFAULT)
                        .fit(new DatasetSplit(dataset, "train"), fitProgress());
                report.head().write(fitted);
                listener.say(String.format(
                        Locale.ROOT,
                        "Projection head %s: BCE %.4f, on held-out frames %.4f.",
                        report.head().id(),
                        report.trainBce(),
                        report.heldOutBce()));
            }
        }
        return fitted;
    }

    private ProjectionFitListener fitProgress() {
        return new ProjectionFitListener() {
            @Override
            public void extracted(int done, int of) {
                listener.progressed("features", done, of, "");
            }

            @Override
            public void searched(double l2, int evaluation, int of, double bce) {
                listener.progressed(
                        "fit", evaluation, of, String.format(Locale.ROOT, "penalty %.0e, BCE %.4f", l2, bce));
            }
        };
    }

    private List<TestFrame> testFrames() {
        ImageCodec images = ImageCodec.standard();
        LabelMapCodec labels = new LabelMapCodec();
        List<TestFrame> frames = new ArrayList<>();
        try (Stream<LabeledFrame> messages = FleetPlan.once(dataset, "test").messages()) {
            int place = 0;
            for (Iterator<LabeledFrame> each = messages.iterator(); each.hasNext(); place++) {
                LabeledFrame message = each.next();
                if (place % settings.testEvery() == 0) {
                    RgbImage image = images.decode(message.getImage().toByteArray());
                    frames.add(new TestFrame(
                            TaughtFrames.domainOf(message.getDomain()),
                            image,
                            labels.decode(
                                    message.getLabel().toByteArray(),
                                    dataset.schema(),
                                    image.width(),
                                    image.height())));
                }
            }
        } catch (RejectedFrameException e) {
            throw new UsageException("A test frame of " + dataset.id() + " cannot be used: " + e.getMessage(), e);
        }
        return frames;
    }

    @Override
    public void close() {
        runtime.close();
    }
}
