package dev.reflux.lab.learning;

import dev.reflux.common.label.LabelGrid;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.trainer.distillation.DistillationMethod;
import dev.reflux.trainer.ingest.TrainingSample;

/**
 * One way to learn, as a row of the table.
 *
 * @param name as it was asked for; also the row's name
 * @param kind what is done with the stream
 * @param loss what is minimised
 * @param tuning what deviates from the benchmark's settings
 */
public record LearningMethod(String name, Kind kind, DistillationMethod loss, Tuning tuning) {

    /** What is done with the stream. */
    public enum Kind {
        /** Nothing: the initial student. */
        FROZEN,
        /** Once through, in order. */
        ONLINE,
        /** Many epochs in shuffled order: what could be learnt if all frames were there at once. */
        OFFLINE
    }

    /**
     * What a method may set for itself.
     *
     * @param warmUp part of the stream that trains without the teacher
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
     * @param candidates drawn for each replayed frame, of which the most interfered are taken (MIR); 0: drawn evenly
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
            int candidates) {

        /** The trainer's defaults. */
        public static final Tuning STANDARD =
                new Tuning(0.25, 0, 0.002, 250, "reservoir", 1, LabelGrid.NEAREST, false, 0, 0.95, 0.5, 1, 0);
    }

    /** Whether steps on whole frames are all that it costs: else the cost of such a step does not tell its own. */
    boolean costsStepsAlone() {
        return tuning.consistency() == 0 && tuning.candidates() == 0 && !crops();
    }

    boolean crops() {
        return tuning.crop() < 1;
    }

    /**
     * What the student sees of a sample. The teacher's head is linear; a ReLU behind it gives what one with a ReLU would
     * have sent.
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

    boolean learns() {
        return kind != Kind.FROZEN;
    }

    boolean streams() {
        return kind == Kind.ONLINE;
    }
}
