package dev.reflux.evaluation;

import dev.reflux.common.label.LabelSchema;

/**
 * Pixel counts by labeled class (row) and predicted class (column), exact in 64 bits. Pixels labeled
 * {@link LabelSchema#IGNORE} do not count. IoU of class c = true positives / (labeled c + predicted c − true positives). One thread
 * owns a matrix.
 */
public final class ConfusionMatrix {

    /** Columns a row in the table below: a predicted byte indexes it without a check. */
    private static final int STRIDE = 256;

    private final int classes;
    private final long[] counts;
    private final int[] recent;

    /**
     * Creates an empty matrix.
     *
     * @param classes number of classes, 2 to 150
     */
    public ConfusionMatrix(int classes) {
        if (classes < LabelSchema.MIN_CLASSES || classes > LabelSchema.MAX_CLASSES) {
            throw new IllegalArgumentException("no confusion matrix for " + classes + " classes");
        }
        this.classes = classes;
        this.counts = new long[classes * classes];
        this.recent = new int[STRIDE * STRIDE];
    }

    /** Returns the number of classes. */
    public int classes() {
        return classes;
    }

    /**
     * Counts one frame.
     *
     * @param predicted class id of every pixel
     * @param labels class id or 255 of every pixel
     * @throws IllegalArgumentException when the lengths differ or an id is not a class
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

    /** Adds the counts of another matrix. */
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

    /** Returns the number of pixels of a labeled and a predicted class. */
    public long count(int label, int predicted) {
        return counts[label * classes + predicted];
    }

    /** Returns the number of labeled pixels. */
    public long total() {
        long sum = 0;
        for (long n : counts) {
            sum += n;
        }
        return sum;
    }

    /** Returns the IoU of a class, 0 to 1; NaN where the class was neither labeled nor predicted. */
    public double iou(int c) {
        long hit = count(c, c);
        long labeled = 0;
        long predicted = 0;
        for (int k = 0; k < classes; k++) {
            labeled += count(c, k);
            predicted += count(k, c);
        }
        long union = labeled + predicted - hit;
        return union == 0 ? Double.NaN : (double) hit / union;
    }

    /** Returns the IoU of every class. */
    public double[] ious() {
        double[] ious = new double[classes];
        for (int c = 0; c < classes; c++) {
            ious[c] = iou(c);
        }
        return ious;
    }

    /** Returns the mean IoU over the classes that occur in labels or predictions; NaN where nothing was counted. */
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

    /** Returns the fraction of labeled pixels that are predicted correctly; NaN where nothing was counted. */
    public double pixelAccuracy() {
        long hits = 0;
        for (int c = 0; c < classes; c++) {
            hits += count(c, c);
        }
        long total = total();
        return total == 0 ? Double.NaN : (double) hits / total;
    }

    /** Returns the counts, row-major; {@link #of} restores the matrix from them. */
    public long[] toArray() {
        return counts.clone();
    }

    /**
     * Returns a matrix with given counts.
     *
     * @param classes number of classes
     * @param counts counts that {@link #toArray} returned
     */
    public static ConfusionMatrix of(int classes, long[] counts) {
        ConfusionMatrix matrix = new ConfusionMatrix(classes);
        System.arraycopy(counts, 0, matrix.counts, 0, matrix.counts.length);
        return matrix;
    }
}
