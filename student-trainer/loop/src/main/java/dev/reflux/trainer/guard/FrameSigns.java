package dev.reflux.trainer.guard;

import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.trainer.ingest.TrainingSample;
import java.util.Arrays;

/**
 * What can be told of a sample without a network. Immutable.
 *
 * @param contrast the standard deviation of the image's gray levels, 0..255
 * @param imageHash a hash of the looked-at pixels
 * @param specks the fraction of labeled pixels that differ from both neighbors in their row
 * @param largestLogit the largest magnitude in either tensor of the teacher
 * @param said the teacher's classes on its own grid
 * @param label the label on that grid
 * @param agreement the fraction of labeled cells in which teacher and label agree; NaN if hardly any cell is labeled
 * @param saidTop the fraction of cells with the teacher's most frequent class
 * @param labelTop the fraction of labeled cells with the label's most frequent class; NaN like the agreement
 * @param saidCoherence the fraction of neighboring cells of the same class in the teacher's map
 * @param labelCoherence the same of the label on that grid
 */
record FrameSigns(
        double contrast,
        long imageHash,
        double specks,
        double largestLogit,
        LabelMap said,
        LabelMap label,
        double agreement,
        double saidTop,
        double labelTop,
        double saidCoherence,
        double labelCoherence) {

    /** Every so many bytes of an image one is looked at: a prime, so that all channels and columns take turns. */
    private static final int STRIDE = 31;

    /** The fraction of labeled cells under which a label says too little to compare. */
    private static final double FEW = 0.05;

    static FrameSigns of(TrainingSample sample) {
        LabelMap said = sample.logits().classes();
        LabelMap label = sample.label().nearest(said.width(), said.height());
        double labeled = (double) labeled(label) / label.ids().length;
        boolean comparable = labeled >= FEW;
        byte[] rgb = sample.image().rgb();
        return new FrameSigns(
                contrast(sample.image()),
                hash(rgb),
                Specks.of(sample.label()),
                Math.max(largest(sample.logits()), largest(sample.projected())),
                said,
                label,
                comparable ? agreement(said, label) : Double.NaN,
                top(said),
                comparable ? top(label) : Double.NaN,
                coherence(said),
                coherence(label));
    }

    private static double largest(LogitMap logits) {
        float largest = 0;
        for (float value : logits.values()) {
            // Written so that a NaN is the largest of all.
            largest = Math.abs(value) <= largest ? largest : Math.abs(value);
        }
        return Float.isNaN(largest) ? Double.POSITIVE_INFINITY : largest;
    }

    private static double contrast(RgbImage image) {
        byte[] rgb = image.rgb();
        double sum = 0;
        double squares = 0;
        int count = 0;
        for (int i = 0; i < rgb.length; i += STRIDE) {
            int value = rgb[i] & 0xFF;
            sum += value;
            squares += (double) value * value;
            count++;
        }
        double mean = sum / count;
        return Math.sqrt(Math.max(0, squares / count - mean * mean));
    }

    private static long hash(byte[] rgb) {
        long hash = rgb.length;
        for (int i = 0; i < rgb.length; i += STRIDE) {
            hash = hash * 0x9E3779B97F4A7C15L + rgb[i];
        }
        return hash;
    }

    private static int labeled(LabelMap label) {
        int labeled = 0;
        for (byte id : label.ids()) {
            labeled += (id & 0xFF) == LabelSchema.IGNORE ? 0 : 1;
        }
        return labeled;
    }

    /** Returns the fraction of labeled cells of two maps of one size that are equal; NaN if no cell is labeled. */
    static double agreement(LabelMap map, LabelMap label) {
        int equal = 0;
        int labeled = 0;
        for (int i = 0; i < label.ids().length; i++) {
            if ((label.ids()[i] & 0xFF) != LabelSchema.IGNORE) {
                labeled++;
                equal += map.ids()[i] == label.ids()[i] ? 1 : 0;
            }
        }
        return labeled == 0 ? Double.NaN : (double) equal / labeled;
    }

    private static double top(LabelMap map) {
        int[] counts = new int[256];
        for (byte id : map.ids()) {
            counts[id & 0xFF]++;
        }
        int ignored = counts[LabelSchema.IGNORE];
        counts[LabelSchema.IGNORE] = 0;
        return (double) Arrays.stream(counts).max().orElse(0) / (map.ids().length - ignored);
    }

    private static double coherence(LabelMap map) {
        int width = map.width();
        int pairs = 0;
        int equal = 0;
        for (int i = 0; i < map.ids().length; i++) {
            if (i % width > 0) {
                pairs++;
                equal += map.ids()[i] == map.ids()[i - 1] ? 1 : 0;
            }
            if (i >= width) {
                pairs++;
                equal += map.ids()[i] == map.ids()[i - width] ? 1 : 0;
            }
        }
        return pairs == 0 ? 1 : (double) equal / pairs;
    }
}
