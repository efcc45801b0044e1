package dev.reflux.trainer.loop;

import dev.reflux.common.image.ImageSize;
import dev.reflux.trainer.ingest.SampleReference;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.replay.ReplayBuffer;
import dev.reflux.trainer.update.StepReport;
import dev.reflux.trainer.update.StudentLearner;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Learns from a stream, window by window: optimizer steps on the window's new samples and replayed ones until the budget is
 * spent or the new samples are good enough, then the new samples are offered to replay.
 *
 * <ol>
 *   <li>The same windows with the same random numbers give the same student, bit by bit.
 *   <li>A sample is scored by the forward pass before its own first update, and never replayed before that update.
 *   <li>Between two windows the learner, the buffer, the random numbers and {@link #framesTrained()} are the whole state.
 * </ol>
 *
 * The training thread only. The caller closes the learner.
 */
public final class LearningLoop {

    private final StudentLearner learner;
    private final ReplayBuffer replay;
    private final RandomGenerator random;
    private final LoopSettings settings;
    private final LoopPolicies policies;
    private final LoopListener listener;
    private long framesTrained;

    /**
     * Creates a loop that has trained no frame.
     *
     * @param learner the student and everything that changes it
     * @param replay the samples that are trained on again
     * @param random the source of every random decision
     * @param settings the number of frames and steps
     * @param policies the decisions that an experiment may take over
     * @param listener follows the loop
     */
    public LearningLoop(
            StudentLearner learner,
            ReplayBuffer replay,
            RandomGenerator random,
            LoopSettings settings,
            LoopPolicies policies,
            LoopListener listener) {
        this.learner = learner;
        this.replay = replay;
        this.random = random;
        this.settings = settings;
        this.policies = policies;
        this.listener = listener;
    }

    /**
     * Returns the number of new frames trained so far. Frames whose steps were all skipped do not count, and a label that
     * comes later than its frame is no new frame.
     */
    public long framesTrained() {
        return framesTrained;
    }

    /**
     * Learns from a window that is trusted.
     *
     * @param window new samples of one view, at least one
     * @return whether a step was applied; if none was, the window is not counted as trained and not replayed
     */
    public boolean train(List<TrainingSample> window) {
        return train(window, Set.of(), WindowTrust.FULL);
    }

    /**
     * Learns from a window. A sample that brings a late label is trained on again, and takes its frame's place in replay if the
     * frame is there.
     *
     * @param window new samples of one view, at least one
     * @param lateLabels those whose frames have been trained on before, without a label or with another one
     * @param trust how far the samples are trusted
     * @return whether a step was applied; if none was, the window is not counted as trained and not replayed
     */
    public boolean train(List<TrainingSample> window, Set<SampleReference> lateLabels, WindowTrust trust) {
        learner.listenToTeacher(trust.teacher());
        boolean applied = steps(window);
        if (applied) {
            window.stream()
                    .filter(sample -> !trust.notReplayed().contains(sample.reference()))
                    .forEach(sample -> keep(sample, lateLabels.contains(sample.reference())));
            framesTrained += window.size() - lateLabels.size();
        }
        remember();
        return applied;
    }

    private void keep(TrainingSample sample, boolean lateLabel) {
        if (!lateLabel) {
            replay.offer(sample, random);
        } else if (replay.samples().stream().anyMatch(sample::isOfFrame)) {
            List<TrainingSample> labeled = replay.samples().stream()
                    .map(held -> sample.isOfFrame(held) ? sample : held)
                    .toList();
            replay.restore(labeled, replay.seen());
        }
    }

    private boolean steps(List<TrainingSample> window) {
        int steps = policies.budget().steps(settings.updates());
        boolean goodEnough = false;
        boolean applied = false;
        for (int step = 0; step < steps && !goodEnough; step++) {
            StepReport report = step(batch(window), window.size(), step == 0);
            goodEnough = settings.stopsEarly() && learner.windowMiou() >= settings.goodEnough();
            applied |= report.applied();
            listener.stepped(report, step == 0);
        }
        return applied;
    }

    private List<TrainingSample> batch(List<TrainingSample> window) {
        ImageSize view = window.get(0).view();
        List<TrainingSample> batch = new ArrayList<>(window);
        policies.selection().select(replay, settings.replayedFrames(), window, framesTrained, random).stream()
                .filter(sample -> sample.view().equals(view))
                .forEach(batch::add);
        return policies.transform().apply(batch, random);
    }

    private StepReport step(List<TrainingSample> batch, int fresh, boolean firstStep) {
        return firstStep
                ? learner.learn(batch, fresh, framesTrained, random)
                : learner.learnAgain(batch, settings.stopsEarly() ? fresh : 0, framesTrained, random);
    }

    private void remember() {
        long start = System.nanoTime();
        learner.remember(replay.samples());
        listener.remembered((System.nanoTime() - start) / 1e6);
    }

    /**
     * Continues after a checkpoint. The learner and the buffer have been restored before.
     *
     * @param trained the number of new frames trained before the checkpoint
     */
    public void restore(long trained) {
        framesTrained = trained;
        learner.remember(replay.samples());
    }
}
