package dev.reflux.lab.learning;

import dev.reflux.common.image.ImageSize;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.plugin.NamedProviders;
import dev.reflux.common.plugin.ProviderOptions;
import dev.reflux.evaluation.ConfusionMatrix;
import dev.reflux.evaluation.SegmentationScore;
import dev.reflux.lab.learning.RunResult.Budget;
import dev.reflux.lab.learning.RunResult.LegScore;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.SegmentationModel;
import dev.reflux.torch.optim.Ema;
import dev.reflux.trainer.ingest.SampleReference;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.loop.LearningLoop;
import dev.reflux.trainer.loop.LoopListener;
import dev.reflux.trainer.loop.LoopPolicies;
import dev.reflux.trainer.loop.LoopSettings;
import dev.reflux.trainer.loop.ReplaySelection;
import dev.reflux.trainer.loop.WindowTrust;
import dev.reflux.trainer.replay.ReplayBuffer;
import dev.reflux.trainer.replay.ReplayProvider;
import dev.reflux.trainer.update.CheckpointedRandom;
import dev.reflux.trainer.update.LearnerSettings;
import dev.reflux.trainer.update.StepReport;
import dev.reflux.trainer.update.StudentLearner;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A run of one student from its first step to its last score. Every run of a seed starts with the same weights and the
 * same state of the random generator, so that methods differ only in their own settings.
 */
final class StudentRun {

    /** The number of windows between two points of the prequential curve. */
    private static final int CURVE_WINDOWS = 5;

    private static final int CURVE_FRAMES = 8;

    /** The number of evenly spread frames over which the shares of KMM are averaged. */
    private static final int SHARE_FRAMES = 24;

    private final TorchRuntime runtime;
    private final LearningSettings settings;
    /** The stream; with all labels if these are to come later. */
    private final StreamPlan plan;

    private final @Nullable LateLabels late;
    private final int allWindows;
    private final TestSet tests;
    private final Students students;
    private final ImageSize view;
    private final LearningMethod method;
    private final RunResult.Key key;
    private final double timeFactor;
    private final LearnerOnlooker onlooker;
    private final LongConsumer steps;

    private final List<Double> stepMillis = new ArrayList<>();
    private final List<Double> shares = new ArrayList<>();
    private final List<double[]> curve = new ArrayList<>();
    private final List<LegScore> legs = new ArrayList<>();
    private final MostInterfered interfered;
    private List<RunResult.ClassShare> classShares = List.of();
    private double asideMillis;
    private long seen;
    private long stepsDone;
    private long[] countsAtPoint = new long[0];

    /**
     * @param timeFactor part of the steps within the method's time budget, (0, 1]
     * @param onlooker observes the learner, if the method learns
     * @param steps receives the number of steps done
     */
    StudentRun(
            Bench bench,
            LearningMethod method,
            RunResult.Key key,
            double timeFactor,
            LearnerOnlooker onlooker,
            LongConsumer steps) {
        this.runtime = bench.runtime();
        this.settings = bench.settings();
        Pick pick = method.tuning().pick();
        this.late = pick.comesLater() ? new LateLabels(pick, method.tuning().labelEvery(), key.seed()) : null;
        StreamPlan whole = method.tuning().wrong().in(bench.plan().seenAs(method::seen), key.seed());
        StreamPlan seenByAll = late == null ? whole.labeledEvery(method.tuning().labelEvery()) : whole;
        this.plan = method.learnsFromAllFrames() ? seenByAll : seenByAll.labeledOnly();
        this.allWindows = seenByAll.windows(bench.settings().newFrames());
        this.tests = bench.tests();
        this.students = bench.students();
        this.view = bench.view();
        this.method = method;
        this.key = key;
        this.timeFactor = key.budget() == Budget.TIME ? timeFactor : 1;
        this.onlooker = onlooker;
        this.steps = steps;
        this.interfered = new MostInterfered(runtime, view);
    }

    /** The parts that all runs share. */
    record Bench(
            TorchRuntime runtime,
            LearningSettings settings,
            StreamPlan plan,
            TestSet tests,
            Students students,
            ImageSize view) {}

    RunResult run() {
        PeakMemory.reset();
        try (SegmentationModel student = students.untrained(key.seed())) {
            if (!method.learns()) {
                plan.legs().forEach(leg -> scoreUntrained(leg, student));
                return result(Double.NaN, plan.frames());
            }
            try (StudentLearner learner = new StudentLearner(runtime, student, learnerSettings(), key.seed())) {
                onlooker.starts(learner);
                CheckpointedRandom random = new CheckpointedRandom(key.seed());
                RunResult result = method.streams() ? stream(learner, random) : epochs(learner, random);
                onlooker.ends(learner);
                return result;
            }
        }
    }

    /** Trains on the stream window by window, and scores the test after each leg. */
    private RunResult stream(StudentLearner learner, CheckpointedRandom random) {
        ReplayBuffer replay = buffer(key.replay() ? method.tuning().capacity() : 0);
        LearningLoop loop = loop(learner, replay, random);
        @Nullable LabelDistrust distrust = method.tuning().distrust() ? new LabelDistrust(learner, replay) : null;
        learner.noteFirstSights(method.tuning().pick().goesByScore());
        int left = plan.windows(settings.newFrames());
        for (StreamPlan.Leg leg : plan.legs()) {
            for (List<TrainingSample> window : windows(leg.frames(), settings.newFrames())) {
                train(loop, learner, distrust, window, --left == 0);
                seen = loop.framesTrained();
                point(learner, false);
            }
            point(learner, true);
            score(leg, learner);
        }
        if (!shares.isEmpty()) {
            classShares =
                    KmmShares.of(runtime, learner, learner.student().card().labelSchema(), some(plan.all()));
        }
        return result(learner.prequentialMiou(), seen);
    }

    private void train(
            LearningLoop loop,
            StudentLearner learner,
            @Nullable LabelDistrust distrust,
            List<TrainingSample> window,
            boolean last) {
        if (distrust != null) {
            loop.train(distrust.trusted(window));
            distrust.endWindow();
        } else if (late == null) {
            loop.train(window);
        } else {
            trainLate(late, loop, learner, window, last);
        }
    }

    /** Trains on the window without its labels, and on the frames whose labels come now. */
    private static void trainLate(
            LateLabels late, LearningLoop loop, StudentLearner learner, List<TrainingSample> window, boolean last) {
        List<TrainingSample> batch = new ArrayList<>();
        window.forEach(frame -> batch.add(frame.withLabel(LabelMap.none())));
        List<TrainingSample> labels = late.due(last);
        batch.addAll(labels);
        Set<SampleReference> references =
                labels.stream().map(TrainingSample::reference).collect(Collectors.toSet());
        loop.train(batch, references, WindowTrust.FULL);
        late.passed(window, learner.firstSights());
    }

    /** The trainer's own loop, with this method's budget, replay selection and crops. */
    private LearningLoop loop(StudentLearner learner, ReplayBuffer replay, CheckpointedRandom random) {
        return new LearningLoop(
                learner,
                replay,
                random,
                new LoopSettings(
                        key.replay() ? settings.replayedFrames() : 0,
                        updates(),
                        method.tuning().goodEnough()),
                new LoopPolicies(new TimeBudget(timeFactor), selection(learner), this::cropped),
                new StepNotes());
    }

    /** Returns the steps of a window. A method that sees fewer windows makes as many steps in all as if it saw all. */
    private int updates() {
        int updates = method.tuning().updates() > 0 ? method.tuning().updates() : settings.updates();
        int windows = plan.windows(settings.newFrames());
        return windows == allWindows ? updates : Math.max(1, Math.round((float) updates * allWindows / windows));
    }

    private ReplaySelection selection(StudentLearner learner) {
        int candidates = method.tuning().candidates();
        return candidates == 0
                ? new LabeledReplay(method.tuning().replayLabels())
                : (replay, count, window, framesTrained, random) -> {
                    List<TrainingSample> drawn = replay.draw(count * candidates, random);
                    return aside(() -> interfered.among(drawn, count, learner, window, framesTrained));
                };
    }

    /** Notes the time of each step and of what a method does besides. */
    private final class StepNotes implements LoopListener {

        @Override
        public void stepped(StepReport report, boolean firstStep) {
            note(report);
        }

        @Override
        public void remembered(double millis) {
            asideMillis += millis;
        }
    }

    private static List<TrainingSample> some(List<TrainingSample> all) {
        int every = Math.max(1, all.size() / SHARE_FRAMES);
        return IntStream.range(0, all.size())
                .filter(i -> i % every == 0)
                .mapToObj(all::get)
                .toList();
    }

    private List<TrainingSample> cropped(List<TrainingSample> batch, RandomGenerator random) {
        if (!method.crops()) {
            return batch;
        }
        double part = method.tuning().crop();
        return batch.stream()
                .map(sample -> GridWindow.random(sample, part, random).of(sample))
                .toList();
    }

    /** Adds the time of what a method does besides its steps to its next step. */
    private <T> T aside(Supplier<T> work) {
        long start = System.nanoTime();
        T result = work.get();
        asideMillis += (System.nanoTime() - start) / 1e6;
        return result;
    }

    private ReplayBuffer buffer(int capacity) {
        String policy = method.tuning().buffer();
        return NamedProviders.require(ReplayProvider.class, policy, "buffer")
                .create(capacity, ProviderOptions.none("buffer"));
    }

    /** Trains on all frames for the configured number of epochs, each in a new random order. */
    private RunResult epochs(StudentLearner learner, CheckpointedRandom random) {
        List<TrainingSample> all = plan.all();
        int batch = settings.newFrames() + settings.replayedFrames();
        for (int epoch = 0; epoch < settings.offlineEpochs(); epoch++) {
            shuffle(all, random);
            for (List<TrainingSample> samples : windows(all, batch)) {
                // Class frequencies count each frame once.
                int fresh = epoch == 0 ? samples.size() : 0;
                note(learner.learn(cropped(samples, random), fresh, seen, random));
                seen += samples.size();
            }
        }
        score(new StreamPlan.Leg("all", "", List.of()), learner);
        return result(Double.NaN, seen);
    }

    private static void shuffle(List<TrainingSample> all, CheckpointedRandom random) {
        for (int i = all.size() - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            TrainingSample kept = all.get(i);
            all.set(i, all.get(j));
            all.set(j, kept);
        }
    }

    private static List<List<TrainingSample>> windows(List<TrainingSample> frames, int size) {
        List<List<TrainingSample>> windows = new ArrayList<>();
        for (int from = 0; from < frames.size(); from += size) {
            windows.add(frames.subList(from, Math.min(frames.size(), from + size)));
        }
        return windows;
    }

    private void note(StepReport report) {
        stepMillis.add(report.times().total() + asideMillis);
        asideMillis = 0;
        if (!Double.isNaN(report.teacherShare())) {
            shares.add(report.teacherShare());
        }
        steps.accept(++stepsDone);
    }

    /** Adds a point of the curve. The prequential matrix does not decay here, so the difference of two states covers the frames between them. */
    private void point(StudentLearner learner, boolean legEnds) {
        double[] state = learner.prequentialState();
        long before = curve.isEmpty() ? 0 : (long) curve.get(curve.size() - 1)[0];
        if (seen - before < (legEnds ? CURVE_FRAMES : (long) CURVE_WINDOWS * settings.newFrames())) {
            return;
        }
        long[] counts = new long[state.length - 1];
        long[] stretch = new long[counts.length];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = (long) state[i + 1];
            stretch[i] = counts[i] - (countsAtPoint.length == 0 ? 0 : countsAtPoint[i]);
        }
        countsAtPoint = counts;
        int classes = learner.student().card().labelSchema().classCount();
        curve.add(new double[] {seen, ConfusionMatrix.of(classes, stretch).miou()});
    }

    private void score(StreamPlan.Leg leg, StudentLearner learner) {
        double raw = tests.score(learner.student(), view).miou();
        try (Ema.Applied averaged = learner.ema().apply()) {
            legs.add(new LegScore(leg.name(), leg.domain(), tests.score(learner.student(), view), raw));
        }
    }

    private void scoreUntrained(StreamPlan.Leg leg, SegmentationModel student) {
        SegmentationScore score = tests.score(student, view);
        legs.add(new LegScore(leg.name(), leg.domain(), score, score.miou()));
    }

    private RunResult result(double prequential, long frames) {
        return new RunResult(
                key,
                stepsDone,
                frames,
                stepMillis.stream().mapToDouble(Double::doubleValue).sum() / 1000,
                median(stepMillis),
                PeakMemory.mib(),
                shares.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN),
                prequential,
                curve,
                legs,
                classShares);
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.isEmpty() ? Double.NaN : sorted.get(sorted.size() / 2);
    }

    private LearnerSettings learnerSettings() {
        long frames = method.streams() ? plan.frames() : (long) plan.frames() * settings.offlineEpochs();
        return learnerSettings(method, Math.round(method.tuning().warmUp() * frames));
    }

    /** Returns the trainer's defaults, with a prequential score over the whole stream. */
    static LearnerSettings learnerSettings(LearningMethod method, long warmUpFrames) {
        return new LearnerSettings(
                method.loss(),
                warmUpFrames,
                method.tuning().learningRate(),
                20,
                0.01,
                5,
                method.tuning().ema(),
                0.25f,
                true,
                1,
                method.tuning().consistency(),
                method.tuning().balance(),
                method.tuning().labels(),
                method.tuning().relu());
    }
}
