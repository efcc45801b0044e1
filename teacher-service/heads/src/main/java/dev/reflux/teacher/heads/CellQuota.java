package dev.reflux.teacher.heads;

import java.util.Arrays;

/**
 * How many of each class's cells are kept when not all fit into memory: a common ceiling, so that frequent classes give
 * way first and rare ones are kept whole. What was thinned counts for more afterwards: {@link #weight} undoes the
 * sampling, and the fit's objective stays that of all cells. Immutable.
 */
final class CellQuota {

    private final double[] probability;

    private CellQuota(double[] probability) {
        this.probability = probability;
    }

    /**
     * @param counts cells of each class
     * @param capacity cells that may be kept in all (in the mean; the draw itself varies a little)
     */
    static CellQuota of(long[] counts, long capacity) {
        double[] probability = new double[counts.length];
        double ceiling = ceiling(counts, capacity);
        for (int c = 0; c < counts.length; c++) {
            probability[c] = counts[c] <= ceiling ? 1 : ceiling / counts[c];
        }
        return new CellQuota(probability);
    }

    /** Every class alike: what a score is to be measured on. */
    static CellQuota even(long[] counts, long capacity) {
        long total = Arrays.stream(counts).sum();
        double[] probability = new double[counts.length];
        Arrays.fill(probability, total <= capacity ? 1 : (double) capacity / total);
        return new CellQuota(probability);
    }

    /** The level up to which each class is filled so that all together fill the capacity. */
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

    /** Probability with which a cell of this class is kept. */
    double probability(int classId) {
        return probability[classId];
    }

    /** How many cells of its class a kept one stands for. */
    float weight(int classId) {
        return (float) (1 / probability[classId]);
    }
}
