package dev.reflux.trainer.wanted;

import dev.reflux.common.label.LabelMap;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.trainer.update.FirstSight;
import java.util.Map;
import java.util.TreeMap;

/**
 * How much a frame deserves a label:
 *
 * <pre>score = disagreement · rarity + uncertainty</pre>
 *
 * <p>The product says what the student does not do as its teacher does, and the sum adds where the teacher itself may be wrong.
 * A teacher teaches the first without a label, the second it cannot. Both are found in figures that a training step has anyway:
 * no forward pass is made for them. After a drift both rise.
 *
 * <ul>
 *   <li>disagreement: the fraction of the cells of the student's logits in which the most likely classes of student and teacher
 *       differ, 0..1, before the frame's own update.
 *   <li>rarity: the mean weight of the teacher's class over these cells, above 0. A weight is that of the class balance in CE:
 *       f<sup>−b</sup> for a class with the fraction f of the stream's cells, scaled so that a cell of the stream has the mean
 *       1. Without a differing cell it is 1.
 *   <li>uncertainty: the mean over the cells of the teacher's logits of −Σ p·log p / log C, where p is the softmax over the C
 *       classes, 0..1.
 * </ul>
 *
 * <p>The score is 0 or more, and usually below 2. The same sight gives the same score, bit by bit. Immutable.
 */
public record FrameScore(double disagreement, double rarity, double uncertainty) {

    /** Returns the score of a frame. */
    public static FrameScore of(FirstSight sight) {
        byte[] student = sight.student().ids();
        LabelMap teacher = sight.teacher();
        int differing = 0;
        double weight = 0;
        for (int i = 0; i < student.length; i++) {
            if (student[i] != teacher.ids()[i]) {
                differing++;
                weight += sight.classWeights()[teacher.ids()[i] & 0xFF];
            }
        }
        return new FrameScore(
                (double) differing / student.length,
                differing == 0 ? 1 : weight / differing,
                uncertainty(sight.sample().logits()));
    }

    private static double uncertainty(LogitMap logits) {
        int classes = logits.shape().classes();
        int plane = logits.shape().plane();
        if (classes == 1) {
            return 0;
        }
        double sum = 0;
        for (int cell = 0; cell < plane; cell++) {
            sum += entropy(logits.values(), cell, plane, classes);
        }
        return sum / plane / StrictMath.log(classes);
    }

    /** With z the logits below their largest: H = log Σ exp z − Σ z·exp z / Σ exp z. */
    private static double entropy(float[] logits, int cell, int plane, int classes) {
        float largest = Float.NEGATIVE_INFINITY;
        for (int c = 0; c < classes; c++) {
            largest = Math.max(largest, logits[c * plane + cell]);
        }
        double sum = 0;
        double weighted = 0;
        for (int c = 0; c < classes; c++) {
            double z = (double) logits[c * plane + cell] - largest;
            double e = StrictMath.exp(z);
            sum += e;
            weighted += z * e;
        }
        return StrictMath.log(sum) - weighted / sum;
    }

    /** Returns the score. */
    public double value() {
        return disagreement * rarity + uncertainty;
    }

    /** Returns the parts by their names in a message, in alphabetical order. */
    public Map<String, Double> parts() {
        return new TreeMap<>(Map.of("disagreement", disagreement, "rarity", rarity, "uncertainty", uncertainty));
    }
}
