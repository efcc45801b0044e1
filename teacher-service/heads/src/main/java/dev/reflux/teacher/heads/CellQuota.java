package dev.reflux.teacher.heads;

import java.util.Arrays;

/**
 * The share of each class's cells that is kept if memory does not suffice for all. A common ceiling thins frequent classes and
 * keeps rare ones whole. {@link #weight} undoes the thinning: the expected objective of the fit is that of all cells.
 * Immutable.
 */
final class CellQuota {

    private final double[] probability;

    private CellQuota(double[] probability) {
        this.probability = probability;
    }

    /**
     * Returns a quota with a common ceiling for all classes.
     *
     * @param counts the number of cells of each class
     * @param capacity the number of cells to keep on average
     */
    static CellQuota of(long[] counts, long capacity) {
        double[] probability = new double[counts.length];
        double ceiling = ceiling(counts, capacity);
        for (int c = 0; c < counts.length; c++) {
            probability[c] = counts[c] <= ceiling ? 1 : ceiling / counts[c];
        }
        return new CellQuota(probability);
    }

    /** Returns a quota with the same probability for all classes, for a score. */
    static CellQuota even(long[] counts, long capacity) {
        long total = Arrays.stream(counts).sum();
        double[] probability = new double[counts.length];
        Arrays.fill(probability, total <= capacity ? 1 : (double) capacity / total);
        return new CellQuota(probability);
    }

    /** Returns the largest number of cells of a class at which all classes together fill the capacity. */
    private static double ceiling(long[] counts, long capacity) {
        long[] ascending = counts.clone();
        Arrays.sort(ascending);
        double left = capacity;
        for (int i = 0; i < ascending.length; i++) {
            double share = left / (ascending.length - i);
            if (ascending[i] > share) {
                return share;
            }
            left -= ascending[i];
        }
        return Double.POSITIVE_INFINITY;
    }

    /** Returns the probability of a cell of this class to be kept, 0..1. */
    double probability(int classId) {
        return probability[classId];
    }

    /** Returns the number of cells of its class that a kept one represents, at least 1. */
    float weight(int classId) {
        return (float) (1 / probability[classId]);
    }
}
