package dev.reflux.lab.learning;

import dev.reflux.common.label.LabelGrid;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.trainer.distillation.DistillationMethod;
import dev.reflux.trainer.ingest.TrainingSample;

/**
 * A learning method, which is a row of the table.
 *
 * @param name the requested name, which is also the name of the row
 * @param kind the use of the stream
 * @param loss the minimized loss
 * @param tuning the settings that differ from the benchmark's
 */
public record LearningMethod(String name, Kind kind, DistillationMethod loss, Tuning tuning) {

    /** The use of the stream. */
    public enum Kind {
        /** No training: the initial student. */
        FROZEN,
        /** One pass in order. */
        ONLINE,
        /** Many epochs in shuffled order: an upper bound, as if all frames were available at once. */
        OFFLINE
    }

    /**
     * The settings that a method may change.
     *
     * @param warmUp part of the stream that is trained without the teacher, 0..1
     * @param updates steps a window; 0: the benchmark's
     * @param learningRate of AdamW
     * @param capacity samples that replay keeps
     * @param buffer the name of the replay policy
     * @param goodEnough mIoU of a window's new frames, 0..1, at which it gets no further step; 1: it gets them all
     * @param labels how labels reach the grid of the projected logits
     * @param relu whether both projections are cut at zero, as the paper prints it
     * @param consistency weight of what the student said of a replayed frame when it was stored (DER++); 0: none
     * @param ema decay of the averaged weights, which are scored
     * @param balance how far rare classes weigh more, 0..1
     * @param crop part of a frame's sides that a step sees, above 0 and up to 1; the window lies elsewhere each time
     * @param labelEvery the first frame of the stream and every so many after it have a label; 0: none has; 1: all have
     * @param candidates drawn for each replayed frame, of which the most interfered are taken (MIR); 0: drawn evenly
     * @param pick which frames have a label, if not all have one
     * @param wrong the labels that are wrong, of those that the stream has before some of its frames lose theirs
     * @param replayLabels the part of the replayed frames that is drawn from labeled frames alone, 0..1
     * @param distrust whether the labels of doubted cameras are set aside, as {@code trainer.learning.distrust} does
     */
    public record Tuning(
            double warmUp,
            int updates,
            double learningRate,
            int capacity,
            String buffer,
            double goodEnough,
            LabelGrid labels,
            boolean relu,
            double consistency,
            double ema,
            double balance,
            double crop,
            int candidates,
            int labelEvery,
            Pick pick,
            WrongLabels wrong,
            double replayLabels,
            boolean distrust) {

        /** Returns the trainer's defaults. */
        public static final Tuning STANDARD = new Tuning(
                0.25,
                0,
                0.002,
                250,
                "reservoir",
                1,
                LabelGrid.NEAREST,
                false,
                0,
                0.95,
                0.5,
                1,
                0,
                1,
                Pick.EVEN,
                WrongLabels.NONE,
                0,
                false);
    }

    /** Returns whether the cost of a step on whole frames is the whole cost of the method. */
    boolean costsStepsAlone() {
        return tuning.consistency() == 0
                && tuning.candidates() == 0
                && !crops()
                && !tuning.pick().comesLater();
    }

    boolean crops() {
        return tuning.crop() < 1;
    }

    /**
     * Returns the sample as the student receives it. The teacher's head is linear, and a ReLU behind it gives the output of
     * a head with a ReLU.
     */
    public TrainingSample seen(TrainingSample sample) {
        if (!tuning.relu()) {
            return sample;
        }
        float[] values = sample.projected().values().clone();
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.max(0, values[i]);
        }
        return sample.withTensors(new LogitMap(sample.projected().shape(), values), sample.logits());
    }

    /** Returns whether frames without a label teach. If not, the method sees the labeled frames of the stream only. */
    boolean learnsFromAllFrames() {
        return loss.unlabeled().areTaught();
    }

    boolean learns() {
        return kind != Kind.FROZEN;
    }

    boolean streams() {
        return kind == Kind.ONLINE;
    }
}
