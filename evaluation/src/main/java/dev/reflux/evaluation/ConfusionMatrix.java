package dev.reflux.evaluation;

import dev.reflux.common.label.LabelSchema;

/**
 * Pixel counts by labelled class (row) and predicted class (column), exact in 64 bits. Pixels labelled
 * {@link LabelSchema#IGNORE} do not count. IoU of class c = true positives / (labelled c + predicted c − true positives).
 */
public final class ConfusionMatrix {

    /** Columns a row in the table below: a predicted byte indexes it without a check. */
    private static final int STRIDE = 256;

    private final int classes;
    private final long[] counts;
    private final int[] recent;

    public ConfusionMatrix(int classes) {
        if (classes < LabelSchema.MIN_CLASSES || classes > LabelSchema.MAX_CLASSES) {
            throw new IllegalArgumentException("no confusion matrix for " + classes + " classes");
        }
        this.classes = classes;
        this.counts = new long[classes * classes];
        this.recent = new int[STRIDE * STRIDE];
    }

    public int classes() {
        return classes;
    }

    /**
     * Counts one frame.
     *
     * @param predicted class ids, as many as labels
     * @param labels class ids or 255
     * @throws IllegalArgumentException when the lengths differ or an id is no class
     */
    public void add(byte[] predicted, byte[] labels) {
        if (predicted.length != labels.length) {
            throw new IllegalArgumentException(predicted.length + " predictions for " + labels.length + " labels");
        }
        for (int i = 0; i < labels.length; i++) {
            recent[(labels[i] & 0xFF) << 8 | predicted[i] & 0xFF]++;
        }
        fold();
    }

    /** Adds the other matrix's counts to this one's. */
    public void add(ConfusionMatrix other) {
        if (other.classes != classes) {
            throw new IllegalArgumentException("matrices of " + classes + " and " + other.classes + " classes");
        }
        for (int i = 0; i < counts.length; i++) {
            counts[i] += other.counts[i];
        }
    }

    private void fold() {
        boolean stranger = false;
        for (int label = 0; label < STRIDE; label++) {
            for (int predicted = 0; predicted < STRIDE; predicted++) {
                int n = recent[label << 8 | predicted];
                if (n == 0) {
                    continue;
                }
                recent[label << 8 | predicted] = 0;
                if (label < classes && predicted < classes) {
                    counts[label * classes + predicted] += n;
                } else {
                    stranger |= label != LabelSchema.IGNORE;
                }
            }
        }
        if (stranger) {
            throw new IllegalArgumentException("a label or prediction is outside the " + classes + " classes");
        }
    }

    public long count(int label, int predicted) {
        return counts[label * classes + predicted];
    }

    /** Labelled pixels counted. */
    public long total() {
        long sum = 0;
        for (long n : counts) {
            sum += n;
        }
        return sum;
    }

    /** 0..1, or NaN when the class was neither labelled nor predicted. */
    public double iou(int c) {
        long hit = count(c, c);
        long labelled = 0;
        long predicted = 0;
        for (int k = 0; k < classes; k++) {
            labelled += count(c, k);
            predicted += count(k, c);
        }
        long union = labelled + predicted - hit;
        return union == 0 ? Double.NaN : (double) hit / union;
    }

    /** IoU of every class. */
    public double[] ious() {
        double[] ious = new double[classes];
        for (int c = 0; c < classes; c++) {
            ious[c] = iou(c);
        }
        return ious;
    }

    /** Mean IoU over the classes that occur in labels or predictions; NaN when nothing was counted. */
    public double miou() {
        double sum = 0;
        int n = 0;
        for (double iou : ious()) {
            if (!Double.isNaN(iou)) {
                sum += iou;
                n++;
            }
        }
        return n == 0 ? Double.NaN : sum / n;
    }

    /** Part of labelled pixels that are predicted right; NaN when nothing was counted. */
    public double pixelAccuracy() {
        long hits = 0;
        for (int c = 0; c < classes; c++) {
            hits += count(c, c);
        }
        long total = total();
        return total == 0 ? Double.NaN : (double) hits / total;
    }

    /** The counts, row-major; with {@link #of} they make the same matrix again. */
    public long[] toArray() {
        return counts.clone();
    }

    /** @param counts as {@link #toArray} gave them */
    public static ConfusionMatrix of(int classes, long[] counts) {
        ConfusionMatrix matrix = new ConfusionMatrix(classes);
        System.arraycopy(counts, 0, matrix.counts, 0, matrix.counts.length);
        return matrix;
    }
}
