package dev.reflux.trainer.guard;

import dev.reflux.trainer.ingest.SampleReference;
import dev.reflux.trainer.update.StudentLearner;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * The weights of the last student that was found good, with the optimizer's moments, so that a student whose score has
 * collapsed can go back. Both students are scored on the same frames: a stream that has become harder is no collapse. The
 * training thread only.
 */
public final class LastGood {

    /** A fall to this part of the noted score is reason enough to score the kept weights again. */
    private static final double SUSPICIOUS = 0.85;

    private final double collapse;
    private Map<String, byte[]> weights = Map.of();
    private Mark mark = new Mark(Double.NaN, 0, Map.of(), 0);

    /**
     * When the weights were kept.
     *
     * @param miou their holdout mIoU then, 0..1; NaN if none are kept
     * @param framesTrained the number of frames trained then, or when the student last went back
     * @param nextOffsets the next offset of each partition then
     * @param takenBack the number of frames so far whose training was undone
     */
    public record Mark(double miou, long framesTrained, Map<Integer, Long> nextOffsets, long takenBack) {

        /** Returns whether a sample took effect after the weights were kept. */
        public boolean isBefore(SampleReference sample) {
            return sample.offset() >= nextOffsets.getOrDefault(sample.partition(), 0L);
        }

        Mark returned(long framesNow, Map<Integer, Long> offsetsNow) {
            return new Mark(miou, framesNow, offsetsNow, takenBack + framesNow - framesTrained);
        }
    }

    /** @param collapse the part of the kept weights' mIoU below which a student has collapsed, 0..1; 0 never */
    public LastGood(double collapse) {
        this.collapse = collapse;
    }

    /**
     * Keeps the learner's present weights.
     *
     * @param miou their holdout mIoU, or agreement with the teacher, 0..1; weights without a score are not kept
     */
    public void keep(StudentLearner learner, double miou, long framesTrained, Map<Integer, Long> nextOffsets) {
        if (collapse > 0 && !Double.isNaN(miou)) {
            weights = learner.weights();
            mark = new Mark(miou, framesTrained, Map.copyOf(nextOffsets), mark.takenBack());
        }
    }

    /**
     * Returns the kept weights' mIoU on the present holdout if the student has collapsed against it, or else NaN.
     *
     * @param miou the student's holdout mIoU, 0..1
     * @param presently scores the student's part of the kept weights on the present holdout
     */
    public double collapsedFrom(double miou, ToDoubleFunction<Map<String, byte[]>> presently) {
        if (weights.isEmpty() || !(miou < SUSPICIOUS * mark.miou())) {
            return Double.NaN;
        }
        double kept = presently.applyAsDouble(weights);
        return miou < collapse * kept ? kept : Double.NaN;
    }

    /**
     * Lets the learner go back to the kept weights.
     *
     * @param framesTrained the number of frames trained so far, which does not go back
     * @param nextOffsets the next offset of each partition, which do not go back
     */
    public void goBack(StudentLearner learner, long framesTrained, Map<Integer, Long> nextOffsets) {
        learner.takeWeights(weights);
        mark = mark.returned(framesTrained, Map.copyOf(nextOffsets));
    }

    public Mark mark() {
        return mark;
    }

    /** Returns the kept weights by the names of the learner's parts; empty if none are kept. */
    public Map<String, byte[]> weights() {
        return weights;
    }

    /** Continues from a {@link #mark} and its {@link #weights}. */
    public void restore(Mark ofCheckpoint, Map<String, byte[]> weightsOfCheckpoint) {
        mark = ofCheckpoint;
        weights = Map.copyOf(weightsOfCheckpoint);
    }
}
