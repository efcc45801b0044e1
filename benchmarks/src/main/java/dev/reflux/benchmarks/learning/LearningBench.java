package dev.reflux.benchmarks.learning;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.reflux.benchmarks.learning.RunResult.Budget;
import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageCodec;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMapCodec;
import dev.reflux.common.message.LabeledFrame;
import dev.reflux.common.model.ModelCard;
import dev.reflux.datasets.Dataset;
import dev.reflux.datasets.Datasets;
import dev.reflux.evaluation.SegmentationScore;
import dev.reflux.fleet.push.FleetPlan;
import dev.reflux.teacher.TeacherMain;
import dev.reflux.teacher.fit.ProjectionFitListener;
import dev.reflux.teacher.fit.ProjectionFitReport;
import dev.reflux.teacher.fit.ProjectionFitSettings;
import dev.reflux.teacher.fit.ProjectionFitter;
import dev.reflux.teacher.labelled.LabelledFrames;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.ProjectionHeadFile;
import dev.reflux.torch.model.SegmentationModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Every method on the same stream. Each finished run is on disk before the next one begins; a run that is there already
 * is not run again.
 */
public final class LearningBench {

    /** Below this difference in a step's time, the same steps are the same time. */
    private static final double SAME_TIME = 0.99;

    private final LearningSettings settings;
    private final LearningListener listener;

    public LearningBench(LearningSettings settings, LearningListener listener) {
        this.settings = settings;
        this.listener = listener;
    }

    private record Planned(LearningMethod method, RunResult.Key key, double timeFactor, long steps) {}

    /** @throws UsageException in one sentence, when something that was given will not do */
    public LearningReport run() {
        Dataset dataset = Datasets.open(settings.dataset());
        RunStore store = RunStore.open(settings);
        ImageSize view = view(dataset);
        makeCache();
        try (TorchRuntime runtime = TorchRuntime.start(settings.torch())) {
            List<Protocol.Shot> taught = new TaughtFrames(
                            dataset,
                            settings.teacher(),
                            ProjectionHeadFile.read(head(runtime, dataset, view)),
                            view,
                            settings.wire(),
                            listener)
                    .read(runtime, settings.cache());
            StreamPlan plan = settings.protocol().plan(taught, () -> testFrames(dataset));
            TestSet tests = new TestSet(runtime, plan.tests(), dataset.schema());
            Students students = new Students(runtime, settings.student(), dataset.schema());
            var bench = new StudentRun.Bench(runtime, settings, plan, tests, students, view);
            listener.say(settings.protocol().word() + " of " + dataset.id() + ": " + plan.frames() + " frames in "
                    + plan.legs().size() + " legs, scored on " + tests.size() + " frames, at " + view);
            SegmentationScore teacher = teacher(store, runtime, tests, view);
            Map<String, Double> times = stepTimes(store, runtime, students, plan);
            List<RunResult> results = runs(store, bench, planned(plan, times));
            return new LearningReport(settings, dataset, view, plan, teacher, times, results);
        }
    }

    private void makeCache() {
        try {
            Files.createDirectories(settings.cache());
        } catch (IOException e) {
            throw new UsageException(
                    "The folder " + settings.cache() + " cannot be written; choose another --cache.", e);
        }
    }

    private ImageSize view(Dataset dataset) {
        if (settings.view() != null) {
            return settings.view();
        }
        ImageSize wanted = ModelCard.read(settings.teacher()).input().size();
        return dataset.size().pixels() <= wanted.pixels() ? dataset.size() : wanted;
    }

    // ---- what the methods share --------------------------------------------------------------------------------

    private Path head(TorchRuntime runtime, Dataset dataset, ImageSize view) {
        if (settings.projection() != null) {
            return settings.projection();
        }
        Path beside = TeacherMain.headBeside(settings.teacher());
        if (Files.exists(beside)) {
            return beside;
        }
        Path fitted = settings.cache()
                .resolve("projection-" + ModelCard.read(settings.teacher()).name() + "-" + view + ".safetensors");
        if (!Files.exists(fitted)) {
            listener.say("No projection head lies beside the teacher: fitting one on labelled frames.");
            try (SegmentationModel model =
                    SegmentationModel.load(runtime, settings.teacher(), SegmentationModel.Mode.INFERENCE)) {
                ProjectionFitReport report = new ProjectionFitter(runtime, model, view, ProjectionFitSettings.DEFAULT)
                        .fit(LabelledFrames.of(dataset, "train"), fitProgress());
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

    private List<TestFrame> testFrames(Dataset dataset) {
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

    private SegmentationScore teacher(RunStore store, TorchRuntime runtime, TestSet tests, ImageSize view) {
        return store.read("teacher.json", new TypeReference<SegmentationScore>() {})
                .orElseGet(() -> {
                    listener.progressed("score", 0, 1, "the teacher");
                    try (SegmentationModel model =
                            SegmentationModel.load(runtime, settings.teacher(), SegmentationModel.Mode.INFERENCE)) {
                        SegmentationScore score = tests.score(model, view);
                        RunStore.write(store.file("teacher.json"), score);
                        return score;
                    }
                });
    }

    private Map<String, Double> stepTimes(RunStore store, TorchRuntime runtime, Students students, StreamPlan plan) {
        List<LearningMethod> learning =
                settings.methods().stream().filter(LearningMethod::streams).toList();
        Map<String, Double> known = store.read("step-times.json", new TypeReference<Map<String, Double>>() {})
                .orElse(Map.of());
        if (!settings.equalTime() || learning.stream().allMatch(method -> known.containsKey(method.name()))) {
            return known;
        }
        int batch = Math.min(plan.frames(), settings.newFrames() + settings.replayedFrames());
        Map<String, Double> measured = new StepTimes(runtime, students, listener)
                .measure(learning, plan.all().subList(0, batch));
        RunStore.write(store.file("step-times.json"), measured);
        return measured;
    }

    // ---- the runs ----------------------------------------------------------------------------------------------

    /** Seed by seed, so that a benchmark that is stopped early has something to say of every method. */
    private List<Planned> planned(StreamPlan plan, Map<String, Double> times) {
        double fastest =
                times.values().stream().mapToDouble(Double::doubleValue).min().orElse(1);
        List<Planned> all = new ArrayList<>();
        for (int seed = 1; seed <= settings.seeds(); seed++) {
            for (LearningMethod method : settings.methods()) {
                double factor = fastest / times.getOrDefault(method.name(), fastest);
                if (settings.runsWith(method)) {
                    all.add(planned(plan, method, new RunResult.Key(method.name(), true, Budget.STEPS, seed), 1));
                }
                if (settings.runsWithout(method)) {
                    all.add(planned(plan, method, new RunResult.Key(method.name(), false, Budget.STEPS, seed), 1));
                }
                boolean slower = settings.equalTime() && method.streams() && factor < SAME_TIME;
                if (slower && settings.runsWith(method)) {
                    all.add(planned(plan, method, new RunResult.Key(method.name(), true, Budget.TIME, seed), factor));
                }
            }
        }
        return all;
    }

    private Planned planned(StreamPlan plan, LearningMethod method, RunResult.Key key, double factor) {
        int batch = settings.newFrames() + settings.replayedFrames();
        int updates = method.tuning().updates() > 0 ? method.tuning().updates() : settings.updates();
        long steps =
                switch (method.kind()) {
                    case FROZEN -> 0;
                    case ONLINE -> Math.round(factor * updates * plan.windows(settings.newFrames()));
                    case OFFLINE -> (long) settings.offlineEpochs() * ((plan.frames() + batch - 1) / batch);
                };
        return new Planned(method, key, factor, steps);
    }

    private List<RunResult> runs(RunStore store, StudentRun.Bench bench, List<Planned> planned) {
        List<Planned> missing =
                planned.stream().filter(one -> store.find(one.key()).isEmpty()).toList();
        long steps = missing.stream().mapToLong(Planned::steps).sum();
        long before = 0;
        for (int i = 0; i < missing.size(); i++) {
            Planned one = missing.get(i);
            String what = "run " + (i + 1) + "/" + missing.size() + " "
                    + one.key().file().replace(".json", "");
            long done = before;
            RunResult result = new StudentRun(
                            bench,
                            one.method(),
                            one.key(),
                            one.timeFactor(),
                            step -> listener.progressed("steps", done + step, steps, what))
                    .run();
            store.store(result);
            listener.say(String.format(
                    Locale.ROOT,
                    "%s: mIoU %.1f, prequential %.1f, %.0f ms a step",
                    what,
                    100 * result.last().miou(),
                    100 * result.prequential(),
                    result.stepMillis()));
            before += one.steps();
        }
        return planned.stream().map(one -> store.find(one.key()).orElseThrow()).toList();
    }
}
