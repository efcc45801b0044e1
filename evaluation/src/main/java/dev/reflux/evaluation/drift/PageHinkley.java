package dev.reflux.evaluation.drift;

/**
 * Page's test in Hinkley's form (Page 1954; Mouss et al. 2004) for a rise of the mean: m_t = Σ (x_i − mean_i − δ), a
 * drift when m_t − min m exceeds λ. δ and λ trade delay against false alarms.
 */
public final class PageHinkley implements DriftDetector {

    private final double delta;
    private final double lambda;
    private final int minimum;
    private long count;
    private double mean;
    private double sum;
    private double smallest;

    /**
     * Creates a detector.
     *
     * @param delta tolerated rise δ of the mean, in the unit of the values
     * @param lambda accumulated rise λ that counts as a drift
     * @param minimum values before the first drift can be detected
     */
    public PageHinkley(double delta, double lambda, int minimum) {
        this.delta = delta;
        this.lambda = lambda;
        this.minimum = minimum;
    }

    @Override
    public boolean add(double value) {
        count++;
        mean += (value - mean) / count;
        sum += value - mean - delta;
        smallest = Math.min(smallest, sum);
        if (count < minimum || sum - smallest <= lambda) {
            return false;
        }
        restore(new double[4]);
        return true;
    }

    @Override
    public double[] state() {
        return new double[] {count, mean, sum, smallest};
    }

    @Override
    public void restore(double[] state) {
        count = (long) state[0];
        mean = state[1];
        sum = state[2];
        smallest = state[3];
    }
}
