package dev.reflux.lab.weights;

import dev.reflux.benchmarks.report.Table;
import java.util.List;
import java.util.Locale;

/**
 * Which cells the terms of the loss weigh.
 *
 * @param dataset the name of the data set
 * @param view the size at which the student looks
 * @param method the learning method
 * @param miou the student's mIoU on the test, 0..1
 * @param splits the figures on training frames and on test frames
 */
public record WeightFigures(String dataset, String view, String method, double miou, List<Split> splits) {

    public WeightFigures {
        splits = List.copyOf(splits);
    }

    /**
     * The figures on the frames of a split, on the grid of the student's projected logits.
     *
     * @param name the name of the split
     * @param frames number of frames
     * @param teacher mIoU of the teacher's final logits, 0..1
     * @param projected mIoU of Z_t, 0..1
     * @param evenness the effective part of the cells of a class map by W, 0..1
     * @param cosine the cosine of the gradients of L_hakd and of BCE(Z_s, y), −1..1
     * @param rows the kinds of cells
     */
    public record Split(
            String name, int frames, double teacher, double projected, double evenness, double cosine, List<Row> rows) {

        public Split {
            rows = List.copyOf(rows);
        }
    }

    /**
     * The parts that fall on cells of one kind, each 0..1.
     *
     * @param kind the kind of the cells
     * @param cells part of the labeled cells
     * @param kem part of KEM's weight W
     * @param hakd part of the gradient of L_hakd
     * @param kd part of the gradient of L_kd
     * @param ce part of the gradient of CE
     */
    public record Row(String kind, double cells, double kem, double hakd, double kd, double ce) {}

    /** Returns the figures as Markdown. */
    public String text() {
        Table table = new Table("split", "cells", "of all cells", "KEM's W", "L_hakd", "L_kd", "CE");
        StringBuilder below = new StringBuilder();
        for (Split split : splits) {
            for (Row row : split.rows()) {
                table.row(
                        split.name(),
                        row.kind(),
                        percent(row.cells()),
                        percent(row.kem()),
                        percent(row.hakd()),
                        percent(row.kd()),
                        percent(row.ce()));
            }
            below.append(String.format(
                    Locale.ROOT,
                    "%s, %d frames: mIoU of the teacher's final logits %.1f, of its projected logits %.1f; effective cells of W"
                            + " %.0f %%; cosine of the gradients of L_hakd and BCE %.2f.%n",
                    split.name(),
                    split.frames(),
                    100 * split.teacher(),
                    100 * split.projected(),
                    100 * split.evenness(),
                    split.cosine()));
        }
        return String.format(
                        Locale.ROOT,
                        "%s at %s; method %s, mIoU %.1f. Parts of the cells, of KEM's weight and of the gradients, in per"
                                + " cent.%n%n",
                        dataset,
                        view,
                        method,
                        100 * miou)
                + table
                + "\n"
                + below;
    }

    private static String percent(double part) {
        return String.format(Locale.ROOT, "%.1f", 100 * part);
    }
}
