package dev.reflux.examples.drift;

import dev.reflux.evaluation.drift.DriftDetector;

/**
 * A control chart of the exponentially weighted moving average (Roberts 1959; as a drift detector: Ross et al. 2012): with
 * mean μ and variance σ² of all values since the last drift, z_t = (1 − λ)·z_(t−1) + λ·x_t shows a drift when it exceeds
 * μ + L·σ·√(λ/(2 − λ)).
 */
public final class EwmaChart implements DriftDetector {

    private final double lambda;
    private final double limit;
    private final int minimum;
    private double count;
    private double mean;
    private double squares;
    private double average;

    /**
     * @param lambda the weight λ of a new value, (0, 1]
     * @param limit the limit L in standard deviations, above 0
     * @param minimum the number of values before the first verdict, at least 1
     */
    public EwmaChart(double lambda, double limit, int minimum) {
        this.lambda = lambda;
        this.limit = limit;
        this.minimum = minimum;
    }

    @Override
    public boolean add(double value) {
        double bound = mean + limit * Math.sqrt(squares / Math.max(1, count - 1) * lambda / (2 - lambda));
        average = count == 0 ? value : (1 - lambda) * average + lambda * value;
        if (count >= minimum && average > bound) {
            restore(new double[4]);
            return true;
        }
        count++;
        double difference = value - mean;
        mean += difference / count;
        squares += difference * (value - mean);
        return false;
    }

    @Override
    public double[] state() {
        return new double[] {count, mean, squares, average};
    }

    @Override
    public void restore(double[] state) {
        count = state[0];
        mean = state[1];
        squares = state[2];
        average = state[3];
    }
}
