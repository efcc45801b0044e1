package dev.reflux.lab.poison;

import dev.reflux.common.model.Sha256;
import dev.reflux.common.plugin.NamedProviders;
import dev.reflux.common.plugin.ProviderOptions;
import dev.reflux.evaluation.SegmentationScore;
import dev.reflux.lab.learning.LearningMethod;
import dev.reflux.lab.learning.LearningStand;
import dev.reflux.lab.learning.Protocol;
import dev.reflux.registry.gate.GateRules;
import dev.reflux.registry.gate.Judgment;
import dev.reflux.torch.model.SegmentationModel;
import dev.reflux.trainer.guard.GuardListener;
import dev.reflux.trainer.guard.GuardSettings;
import dev.reflux.trainer.guard.LearningGuard;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.loop.LearningLoop;
import dev.reflux.trainer.loop.LoopListener;
import dev.reflux.trainer.loop.LoopPolicies;
import dev.reflux.trainer.loop.LoopSettings;
import dev.reflux.trainer.replay.ReplayBuffer;
import dev.reflux.trainer.replay.ReplayProvider;
import dev.reflux.trainer.update.CheckpointedRandom;
import dev.reflux.trainer.update.StepReport;
import dev.reflux.trainer.update.StudentLearner;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A student's way through a poisoned stream, in the trainer's own loop. With the guard, frames that are set aside do not
 * enter a window, as in the trainer.
 */
final class PoisonRun {

    private final LearningStand stand;
    private final PoisonSettings settings;
    private final Poison poison;
    private final Watch watch;
    private final int seed;
    private final List<String> said = new ArrayList<>();
    private final List<double[]> curve = new ArrayList<>();
    private final List<TrainingSample> window = new ArrayList<>();
    private Map<String, Double> champion = Map.of();
    private long setAside;
    private long steps;
    private long skipped;
    private double stepMillis;
    private long guardNanos;

    PoisonRun(LearningStand stand, PoisonSettings settings, Poison poison, Watch watch, int seed) {
        this.stand = stand;
        this.settings = settings;
        this.poison = poison;
        this.watch = watch;
        this.seed = seed;
    }

    PoisonResult run() {
        LearningMethod method = settings.learning().methods().get(0);
        try (SegmentationModel student = stand.untrained(seed);
                StudentLearner learner =
                        new StudentLearner(stand.runtime(), student, stand.learnerSettings(method), seed)) {
            LearningGuard guard = new LearningGuard(
                    watch == Watch.GUARD ? GuardSettings.STANDARD : GuardSettings.OFF, learner, new GuardListener() {
                        @Override
                        public void said(String sentence) {
                            said.add(sentence);
                        }
                    });
            ReplayBuffer replay = NamedProviders.require(
                            ReplayProvider.class, method.tuning().buffer(), "buffer")
                    .create(method.tuning().capacity(), ProviderOptions.none("buffer"));
            LearningLoop loop = new LearningLoop(
                    learner,
                    replay,
                    new CheckpointedRandom(seed),
                    new LoopSettings(
                            settings.learning().replayedFrames(),
                            settings.learning().updates(),
                            1),
                    LoopPolicies.standard(),
                    new Steps(guard));
            stream(guard, loop, replay, student);
            SegmentationScore last = stand.score(student);
            Judgment judgment = Judgment.of(GateRules.DEFAULT, 2, metrics(last), 1, champion);
            return new PoisonResult(
                    poison,
                    watch == Watch.GUARD,
                    seed,
                    curve,
                    last.miou(),
                    judgment.reason(),
                    judgment.passes(),
                    loop.framesTrained(),
                    setAside,
                    skipped,
                    said,
                    stepMillis / steps,
                    guardNanos / 1e6 / steps,
                    HexFormat.of().formatHex(Sha256.digest().digest(student.safetensors())));
        }
    }

    private void stream(LearningGuard guard, LearningLoop loop, ReplayBuffer replay, SegmentationModel student) {
        List<Protocol.Shot> shots = settings.streamed(stand.taught());
        int begin = (int) Math.round(settings.from() * shots.size());
        int every = Math.max(1, shots.size() / settings.points());
        for (int place = 0; place < shots.size(); place++) {
            if (place == begin) {
                champion = metrics(stand.score(student));
            }
            if (place % every == 0) {
                curve.add(new double[] {place, stand.score(student).miou()});
            }
            TrainingSample sample = shots.get(place).sample();
            TrainingSample seen = place < begin ? sample : poison.poisoned(sample);
            if (watch == Watch.ORACLE && seen != sample) {
                setAside++;
            } else {
                take(seen, guard, loop, replay);
            }
        }
        if (!window.isEmpty()) {
            train(guard, loop);
        }
        curve.add(new double[] {shots.size(), stand.score(student).miou()});
    }

    private void take(TrainingSample sample, LearningGuard guard, LearningLoop loop, ReplayBuffer replay) {
        long start = System.nanoTime();
        TrainingSample repaired = guard.repaired(sample);
        if (repaired != sample) {
            guard.noteRepair(repaired);
        }
        if (guard.judge(repaired).setsAside()) {
            setAside++;
        } else {
            window.add(repaired);
        }
        guardNanos += System.nanoTime() - start;
        if (window.size() == settings.learning().newFrames()) {
            train(guard, loop);
            start = System.nanoTime();
            if (guard.takePurge()) {
                replay.restore(guard.keptOf(replay.samples(), true), replay.seen());
            }
            guardNanos += System.nanoTime() - start;
        }
    }

    private void train(LearningGuard guard, LearningLoop loop) {
        loop.train(List.copyOf(window), Set.of(), guard.trustOf(window));
        window.clear();
    }

    private static Map<String, Double> metrics(SegmentationScore score) {
        Map<String, Double> metrics = new HashMap<>();
        metrics.put("holdout.miou", score.miou());
        score.perClass().forEach((name, iou) -> put(metrics, "holdout.class." + name, iou));
        score.perDomain().forEach((name, miou) -> put(metrics, "holdout.domain." + name, miou));
        return metrics;
    }

    private static void put(Map<String, Double> metrics, String name, double value) {
        if (Double.isFinite(value)) {
            metrics.put(name, value);
        }
    }

    /** Counts the steps, and lets the guard bound the next one. */
    private final class Steps implements LoopListener {

        private final LearningGuard guard;

        Steps(LearningGuard guard) {
            this.guard = guard;
        }

        @Override
        public void stepped(StepReport report, boolean firstStep) {
            steps++;
            skipped += report.applied() ? 0 : 1;
            stepMillis += report.times().total();
            long start = System.nanoTime();
            guard.stepped(report);
            guardNanos += System.nanoTime() - start;
        }
    }
}
