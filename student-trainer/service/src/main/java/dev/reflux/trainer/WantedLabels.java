package dev.reflux.trainer;

import dev.reflux.trainer.checkpoint.TrainerState;
import dev.reflux.trainer.ingest.SampleReference;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.update.FirstSight;
import dev.reflux.trainer.update.StudentLearner;
import dev.reflux.trainer.wanted.LabelWindow;
import dev.reflux.trainer.wanted.WantedFrame;
import dev.reflux.trainer.wanted.WantedState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the frames that deserve a label out of those that are trained on without one, and has them written.
 *
 * <ol>
 *   <li>The same samples in the same order give the same choices, also over a restart.
 *   <li>A choice is in the topic, or in every checkpoint after it: what a crash keeps from the topic is written at the next
 *       start. It may be written twice, under the same window and rank.
 *   <li>If nothing is to be chosen, the state of the checkpoint is kept as it is: the numbers of windows go on later.
 * </ol>
 *
 * The training thread only.
 */
final class WantedLabels {

    private final boolean enabled;
    private final StudentLearner learner;
    private final LabelWindow window;
    private final WantedOutbox outbox;

    /** @param learner notes from now on what it sees of frames without a label, if that is enabled */
    WantedLabels(WantedConfig config, StudentLearner learner, WantedOutbox outbox) {
        this.enabled = config.enabled();
        this.learner = learner;
        this.window = new LabelWindow(config.everyFrames(), config.labels());
        this.outbox = outbox;
        learner.noteFirstSights(enabled);
    }

    /** Scores the frames without a label of a window that the learner has just trained on, and forgets those whose label came. */
    void trained(List<TrainingSample> samples) {
        if (!enabled) {
            return;
        }
        Map<SampleReference, FirstSight> sights = new HashMap<>();
        learner.firstSights().forEach(sight -> sights.put(sight.sample().reference(), sight));
        for (TrainingSample sample : samples) {
            FirstSight sight = sights.get(sample.reference());
            if (sight == null) {
                window.labeled(sample);
            } else {
                window.add(WantedFrame.of(sight)).forEach(outbox::send);
            }
        }
    }

    TrainerState.Wanted state() {
        return new TrainerState.Wanted(window.state(), outbox.unwritten());
    }

    /** @param state the state of the checkpoint; null in one that has none */
    void restore(TrainerState.@Nullable Wanted state) {
        if (state == null) {
            window.restore(WantedState.EMPTY);
        } else {
            window.restore(state.window());
            state.unwritten().forEach(outbox::sendAgain);
        }
    }
}
