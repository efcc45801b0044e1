package dev.reflux.trainer.guard;

import java.util.Arrays;

/** The most recent values of a quantity, with their median and spread, which outliers hardly move. One owner thread. */
final class RecentValues {

    /** The number of values that are kept. */
    static final int KEPT = 64;

    /** The number of values from which on the median is believed. */
    static final int ENOUGH = 16;

    private final double[] ring = new double[KEPT];
    private long seen;

    void add(double value) {
        ring[(int) (seen % KEPT)] = value;
        seen++;
    }

    boolean isEnough() {
        return seen >= ENOUGH;
    }

    /** Returns the median; NaN before the first value. */
    double median() {
        return median(held());
    }

    /** Returns the standard deviation that the median absolute deviation stands for, for normal values. */
    double spread() {
        double[] values = held();
        double median = median(values);
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.abs(values[i] - median);
        }
        return 1.4826 * median(values);
    }

    private double[] held() {
        return Arrays.copyOf(ring, (int) Math.min(seen, KEPT));
    }

    private static double median(double[] values) {
        if (values.length == 0) {
            return Double.NaN;
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    /** Returns the state for a checkpoint: the number of values so far, then the kept ones. */
    double[] state() {
        double[] state = new double[1 + (int) Math.min(seen, KEPT)];
        state[0] = seen;
        System.arraycopy(ring, 0, state, 1, state.length - 1);
        return state;
    }

    /** @param state a result of {@link #state} */
    void restore(double[] state) {
        seen = (long) state[0];
        System.arraycopy(state, 1, ring, 0, state.length - 1);
    }
}
