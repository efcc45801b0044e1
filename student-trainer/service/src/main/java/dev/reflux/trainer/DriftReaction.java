package dev.reflux.trainer;

import dev.reflux.evaluation.drift.DriftDetector;
import dev.reflux.trainer.update.StepReport;
import dev.reflux.trainer.update.StudentLearner;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Raises the learning rate for some steps when the loss on new frames drifts. Weights and replay are left as they are,
 * because the conditions before the drift may come back.
 *
 * <p>The training thread only.
 */
final class DriftReaction {

    private static final Logger LOG = LoggerFactory.getLogger(DriftReaction.class);

    private final Settings settings;
    private final DriftDetector detector;
    private final StudentLearner learner;
    private long boostedUntil;

    /**
     * @param detector the name of the drift detector
     * @param boost the factor of the learning rate after a drift, above 0
     * @param boostSteps the number of steps with the raised learning rate, at least 1
     */
    record Settings(String detector, double boost, int boostSteps) {}

    DriftReaction(Settings settings, DriftDetector detector, StudentLearner learner) {
        this.settings = settings;
        this.detector = detector;
        this.learner = learner;
    }

    /**
     * Sets the learning rate of the next step, and returns whether this step has shown a drift.
     *
     * @param firstStep whether the step was the first one on its window: only then its loss is of new frames
     */
    boolean shownBy(StepReport report, boolean firstStep) {
        boolean drifted = firstStep && Double.isFinite(report.ce()) && detector.add(report.ce());
        if (drifted) {
            boostedUntil = report.step() + settings.boostSteps();
        }
        apply();
        return drifted;
    }

    /** Returns the name of the detector, which tells whose state {@link #state} is. */
    String detector() {
        return settings.detector();
    }

    double[] state() {
        return detector.state();
    }

    /** Returns the step up to which the learning rate is raised. */
    long boostedUntil() {
        return boostedUntil;
    }

    /**
     * Continues from a checkpoint; the learner has been restored before. The state of another detector is not used.
     *
     * @param ofDetector the name of the detector whose state this is; null in a checkpoint that does not name it
     */
    void restore(@Nullable String ofDetector, double[] state, long until) {
        if (ofDetector == null || ofDetector.equals(settings.detector())) {
            detector.restore(state);
        } else {
            LOG.warn(
                    "The checkpoint has the state of drift detector {}; detector {} starts without one.",
                    ofDetector,
                    settings.detector());
        }
        boostedUntil = until;
        apply();
    }

    private void apply() {
        learner.scaleLearningRate(learner.steps() < boostedUntil ? settings.boost() : 1);
    }
}
