package dev.reflux.lab.learning;

import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.loop.ReplaySelection;
import dev.reflux.trainer.replay.ReplayBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Replays labeled frames more often than the buffer holds them: on a stream with few labels, a label is rarer than a
 * pseudo-label and worth more. Labeled frames are drawn evenly, with repetition. A buffer without a labeled frame draws as ever.
 *
 * @param part the part of a batch's replayed frames that is drawn from the labeled frames alone, 0..1; the rest is drawn from all
 */
record LabeledReplay(double part) implements ReplaySelection {

    LabeledReplay {
        if (!(part >= 0 && part <= 1)) {
            throw new IllegalArgumentException("the part of labeled frames is " + part + ", not 0 to 1");
        }
    }

    @Override
    public List<TrainingSample> select(
            ReplayBuffer replay, int count, List<TrainingSample> window, long framesTrained, RandomGenerator random) {
        List<TrainingSample> labeled =
                replay.samples().stream().filter(TrainingSample::isLabeled).toList();
        int asked = labeled.isEmpty() ? 0 : (int) Math.round(part * count);
        List<TrainingSample> selected = new ArrayList<>(replay.draw(count - asked, random));
        random.ints(asked, 0, Math.max(1, labeled.size()))
                .mapToObj(labeled::get)
                .forEach(selected::add);
        return selected;
    }
}
