package dev.reflux.lab.learning;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.reflux.common.failure.UsageException;
import dev.reflux.evaluation.SegmentationScore;
import dev.reflux.lab.learning.RunResult.Budget;
import dev.reflux.trainer.ingest.TrainingSample;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Runs every method on the same stream. Each finished run is written to disk before the next one begins, and is not
 * repeated.
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

    /** @throws UsageException if data set, teacher or student cannot be used */
    public LearningReport run() {
        try (LearningStand stand = LearningStand.open(settings, listener)) {
            listener.say(stand.summary());
            SegmentationScore teacher = stand.teacher();
            Map<String, Double> times = stepTimes(stand);
            List<RunResult> results = runs(stand, planned(stand, times));
            return new LearningReport(settings, stand.dataset(), stand.views(), stand.plan(), teacher, times, results);
        }
    }

    private Map<String, Double> stepTimes(LearningStand stand) {
        RunStore store = stand.store();
        List<LearningMethod> learning =
                settings.methods().stream().filter(LearningMethod::streams).toList();
        Map<String, Double> known = store.read("step-times.json", new TypeReference<Map<String, Double>>() {})
                .orElse(Map.of());
        if (!settings.equalTime() || learning.stream().allMatch(method -> known.containsKey(method.name()))) {
            return known;
        }
        List<TrainingSample> stream = stand.plan().all();
        int batch = Math.min(stream.size(), settings.newFrames() + settings.replayedFrames());
        Map<String, Double> measured =
                new StepTimes(stand.runtime(), stand.students(), listener).measure(learning, stream.subList(0, batch));
        RunStore.write(store.file("step-times.json"), measured);
        return measured;
    }

    // ---- the runs ----------------------------------------------------------------------------------------------

    /** Runs seed by seed, so that a benchmark that is stopped early has a figure for every method. */
    private List<Planned> planned(LearningStand stand, Map<String, Double> times) {
        double fastest =
                times.values().stream().mapToDouble(Double::doubleValue).min().orElse(1);
        List<Planned> all = new ArrayList<>();
        for (int seed = 1; seed <= settings.seeds(); seed++) {
            for (LearningMethod method : settings.methods()) {
                double factor = fastest / times.getOrDefault(method.name(), fastest);
                if (settings.runsWith(method)) {
                    all.add(planned(stand, method, new RunResult.Key(method.name(), true, Budget.STEPS, seed), 1));
                }
                if (settings.runsWithout(method)) {
                    all.add(planned(stand, method, new RunResult.Key(method.name(), false, Budget.STEPS, seed), 1));
                }
                boolean slower = settings.equalTime() && method.streams() && factor < SAME_TIME;
                if (slower && settings.runsWith(method)) {
                    all.add(planned(stand, method, new RunResult.Key(method.name(), true, Budget.TIME, seed), factor));
                }
            }
        }
        return all;
    }

    private static Planned planned(LearningStand stand, LearningMethod method, RunResult.Key key, double factor) {
        return new Planned(method, key, factor, stand.steps(method, factor));
    }

    private List<RunResult> runs(LearningStand stand, List<Planned> planned) {
        RunStore store = stand.store();
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
                            stand.bench(),
                            one.method(),
                            one.key(),
                            one.timeFactor(),
                            new LearnerOnlooker() {},
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
