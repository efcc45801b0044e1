package dev.reflux.lab.learning;

import dev.reflux.trainer.ingest.SampleReference;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.update.CheckpointedRandom;
import dev.reflux.trainer.update.FirstSight;
import dev.reflux.trainer.wanted.Choice;
import dev.reflux.trainer.wanted.FrameScore;
import dev.reflux.trainer.wanted.LabelWindow;
import dev.reflux.trainer.wanted.WantedFrame;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The labels of a stream that passes without any: one frame of each window is picked when the window is full, and its label
 * comes with the next batch that is trained. The batch is longer by it; no new frame and no replayed one makes way, and no
 * step is added. So a pick has as many labels and steps as {@link Pick#EVEN}. What is left at the end of the stream is a window
 * too, whose frame is picked before the last batch, so that its label can be learnt from; if nothing is left before that batch,
 * the pick has one label less.
 *
 * <p>The trainer's own chooser picks. The random numbers are none of the loop's: steps draw the same ones with every pick. One
 * owner thread.
 */
final class LateLabels {

    private final Pick pick;
    private final int every;
    private final LabelWindow window;
    private final RandomGenerator random;
    private final Map<String, TrainingSample> labeled = new HashMap<>();
    private List<TrainingSample> due = new ArrayList<>();
    private int place;

    /**
     * @param pick a pick whose labels come later
     * @param every the number of frames of a window
     * @param seed the seed of random picks
     */
    LateLabels(Pick pick, int every, long seed) {
        this.pick = pick;
        this.every = every;
        this.window = new LabelWindow(every, 1);
        this.random = new CheckpointedRandom(seed);
    }

    /**
     * Returns the labels that come with the next batch; they come once.
     *
     * @param last whether it is the last batch of the stream
     */
    List<TrainingSample> due(boolean last) {
        if (last) {
            pick(window.close());
        }
        List<TrainingSample> now = due;
        due = new ArrayList<>();
        return now;
    }

    /**
     * Notes frames that have been trained on without their labels.
     *
     * @param frames the frames in their order, with their labels
     * @param sights what student and teacher say of them; empty if the pick does not go by it
     */
    void passed(List<TrainingSample> frames, List<FirstSight> sights) {
        Map<SampleReference, FrameScore> scores = new HashMap<>();
        sights.forEach(sight -> scores.put(sight.sample().reference(), FrameScore.of(sight)));
        for (TrainingSample frame : frames) {
            labeled.put(frame.frameId(), frame);
            pick(window.add(scored(frame, merit(scores.get(frame.reference())))));
            place++;
        }
    }

    private double merit(@Nullable FrameScore score) {
        return switch (pick) {
            case RANDOM -> random.nextDouble();
            case EVEN, EVEN_LATE -> place % every == every / 2 ? 1 : 0;
            default -> score == null ? 0 : pick.merit(score);
        };
    }

    private static WantedFrame scored(TrainingSample frame, double merit) {
        return new WantedFrame(
                frame.frameId(), frame.cameraId(), "", frame.capturedAtMicros(), null, new FrameScore(merit, 1, 0));
    }

    private void pick(List<Choice> choices) {
        for (Choice choice : choices) {
            due.add(Objects.requireNonNull(labeled.get(choice.frame().frameId())));
            labeled.clear();
        }
    }
}
