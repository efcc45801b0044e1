package dev.reflux.lab.truth;

import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.trainer.distillation.TeacherShare;
import java.util.ArrayList;
import java.util.List;

/**
 * Averages KMM's share of the teacher by class, separately for cells where the teacher is right and where it is wrong. A
 * cell counts for the class of its label and, if the teacher predicts another class, for that class too.
 */
final class ShareTally {

    private final double[] sums;
    private final long[] cells;
    private final int classes;

    ShareTally(int classes) {
        this.classes = classes;
        this.sums = new double[classes * Where.values().length];
        this.cells = new long[classes * Where.values().length];
    }

    /** The teacher's prediction of a class at a cell. */
    enum Where {
        /** The label has the class, and the teacher predicts it. */
        RIGHT,
        /** The label has the class, and the teacher predicts another. */
        MISSED,
        /** The label has another class, and the teacher predicts this one. */
        FALSE_ALARM
    }

    /**
     * The shares of a class by the teacher's prediction.
     *
     * @param right share where the teacher is right
     * @param missed share where the teacher predicts another class
     * @param falseAlarm share where the teacher predicts this class and the label has another
     */
    record Shares(MeanShare right, MeanShare missed, MeanShare falseAlarm) {

        MeanShare labelled() {
            return right.and(missed);
        }

        MeanShare wrong() {
            return missed.and(falseAlarm);
        }
    }

    /**
     * Adds a frame on the grid of the projected logits.
     *
     * @param labels class ids of the grid
     * @param said the teacher's predicted classes
     * @param student Z_s
     * @param teacher Z_t
     */
    void add(LabelMap labels, LabelMap said, LogitMap student, LogitMap teacher) {
        int plane = student.shape().plane();
        for (int cell = 0; cell < plane; cell++) {
            int label = labels.ids()[cell] & 0xFF;
            int answer = said.ids()[cell] & 0xFF;
            if (label == LabelSchema.IGNORE) {
                continue;
            }
            count(label, label == answer ? Where.RIGHT : Where.MISSED, share(student, teacher, label, cell, true));
            if (label != answer) {
                count(answer, Where.FALSE_ALARM, share(student, teacher, answer, cell, false));
            }
        }
    }

    private static double share(LogitMap student, LogitMap teacher, int c, int cell, boolean labelled) {
        int i = c * student.shape().plane() + cell;
        return TeacherShare.of(student.values()[i], teacher.values()[i], labelled);
    }

    private void count(int c, Where where, double share) {
        sums[where.ordinal() * classes + c] += share;
        cells[where.ordinal() * classes + c]++;
    }

    /** Returns the shares by class id. */
    List<Shares> shares() {
        List<Shares> shares = new ArrayList<>();
        for (int c = 0; c < classes; c++) {
            shares.add(new Shares(mean(c, Where.RIGHT), mean(c, Where.MISSED), mean(c, Where.FALSE_ALARM)));
        }
        return shares;
    }

    private MeanShare mean(int c, Where where) {
        int i = where.ordinal() * classes + c;
        return MeanShare.of(sums[i], cells[i]);
    }
}
