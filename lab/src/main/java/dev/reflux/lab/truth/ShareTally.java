package dev.reflux.lab.truth;

import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.trainer.distillation.TeacherShare;
import java.util.ArrayList;
import java.util.List;

/**
 * KMM's share of the teacher by class, apart for where the teacher is right and where it is wrong. A cell counts for the
 * class of its label and, where the teacher says another, for that other class too.
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

    /** What the teacher says of a class at a cell. */
    enum Where {
        /** It is labelled, and the teacher says so. */
        RIGHT,
        /** It is labelled, and the teacher says another. */
        MISSED,
        /** Another is labelled, and the teacher says this. */
        FALSE_ALARM
    }

    /**
     * Of one class, by what the teacher says.
     *
     * @param right where it is right
     * @param missed where it says another
     * @param falseAlarm where it says this class and another is labelled
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
     * One frame on the grid of the projected logits.
     *
     * @param labels of the grid
     * @param said the teacher's classes
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

    /** By class id. */
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
