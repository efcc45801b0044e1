package dev.reflux.lab.learning;

import dev.reflux.trainer.guard.GuardListener;
import dev.reflux.trainer.guard.LabelDoubts;
import dev.reflux.trainer.guard.LabelsAside;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.replay.ReplayBuffer;
import dev.reflux.trainer.update.StudentLearner;
import java.util.List;

/** Sets the labels of doubted cameras aside in a run, as the trainer does with {@code trainer.learning.distrust}. */
final class LabelDistrust {

    private final LabelsAside aside;
    private final ReplayBuffer replay;

    /** @param replay the replay buffer of the run, whose frames of doubted cameras lose their labels too */
    LabelDistrust(StudentLearner learner, ReplayBuffer replay) {
        this.aside = new LabelsAside(new LabelDoubts(learner::accuracy, true, new GuardListener() {}), true);
        this.replay = replay;
        learner.tell(aside);
    }

    /** Returns the frames of a window as they are trained on. */
    List<TrainingSample> trusted(List<TrainingSample> window) {
        return window.stream().map(aside::trusted).toList();
    }

    void endWindow() {
        if (aside.endWindow()) {
            replay.restore(aside.trustedOf(replay.samples()), replay.seen());
        }
    }
}
