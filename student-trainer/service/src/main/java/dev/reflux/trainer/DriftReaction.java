package dev.reflux.trainer;

import dev.reflux.evaluation.drift.DriftDetector;
import dev.reflux.trainer.update.StepReport;
import dev.reflux.trainer.update.StudentLearner;

/**
 * What a drift of the loss on frames not seen before brings about: the student learns faster for a while, and forgets
 * nothing, since what was learnt before is what it is wanted for when the day comes back.
 *
 * <p>The training thread only.
 */
final class DriftReaction {

    /** How many steps the boost of the learning rate lasts. */
    private static final long BOOST_STEPS = 60;

    private final DriftDetector detector;
    private final double boost;
    private final StudentLearner learner;
    private long boostedUntil;

    /** @param boost what the learning rate is multiplied by for a while */
    DriftReaction(DriftDetector detector, double boost, StudentLearner learner) {
        this.detector = detector;
        this.boost = boost;
        this.learner = learner;
    }

    /** Sets the learning rate of the next step; whether this one has shown a drift. */
    boolean shownBy(StepReport report, boolean unseen) {
        boolean drifted = unseen && Double.isFinite(report.ce()) && detector.add(report.ce());
        if (drifted) {
            boostedUntil = report.step() + BOOST_STEPS;
        }
        apply();
        return drifted;
    }

    /** The detector's part of a checkpoint. */
    double[] state() {
        return detector.state();
    }

    /** The step up to which the boost lasts. */
    long boostedUntil() {
        return boostedUntil;
    }

    /** Goes on as a checkpoint says; the learner has its steps already. */
    void restore(double[] state, long until) {
        detector.restore(state);
        boostedUntil = until;
        apply();
    }

    private void apply() {
        learner.scaleLearningRate(learner.steps() < boostedUntil ? boost : 1);
    }
}
