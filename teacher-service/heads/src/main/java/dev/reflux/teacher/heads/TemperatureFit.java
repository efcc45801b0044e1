package dev.reflux.teacher.heads;

/**
 * Fits the temperature of a teacher (Guo et al., ICML 2017): the T for which softmax(t/T) says the labels with the smallest
 * negative log-likelihood. With it, a confidence of 0.8 is right in about 80 of 100 cells. The likelihood is convex in 1/T, so
 * Newton's method finds it. Stateless.
 */
final class TemperatureFit {

    /** The bounds of 1/T: beyond them, the cells say too little, or the teacher is always right. */
    private static final double LEAST = 0.1;

    private static final double MOST = 10;
    private static final int STEPS = 50;
    private static final double ENOUGH = 1e-6;

    private TemperatureFit() {}

    /** Returns the temperature, 0.1 to 10; 1 without any cell. */
    static double of(CalibrationCells cells) {
        if (cells.count() == 0) {
            return 1;
        }
        double inverse = 1;
        for (int step = 0; step < STEPS; step++) {
            double[] slopes = slopes(cells, inverse);
            // Where all logits are equal, the likelihood does not depend on the temperature.
            double change = slopes[1] > 0 ? -slopes[0] / slopes[1] : 0;
            // At most a factor of two at once: far from the optimum the curvature vanishes.
            double next =
                    Math.min(MOST, Math.max(LEAST, Math.min(2 * inverse, Math.max(inverse / 2, inverse + change))));
            if (Math.abs(next - inverse) < ENOUGH) {
                return 1 / next;
            }
            inverse = next;
        }
        return 1 / inverse;
    }

    /** Returns the first and second derivative of the negative log-likelihood by 1/T. */
    private static double[] slopes(CalibrationCells cells, double inverse) {
        double first = 0;
        double second = 0;
        double[] p = new double[cells.classes()];
        for (int cell = 0; cell < cells.count(); cell++) {
            softmax(cells, cell, inverse, p);
            double mean = 0;
            double squares = 0;
            for (int c = 0; c < p.length; c++) {
                double z = cells.logit(cell, c);
                mean += p[c] * z;
                squares += p[c] * z * z;
            }
            first += mean - cells.logit(cell, cells.label(cell));
            second += squares - mean * mean;
        }
        return new double[] {first / cells.count(), second / cells.count()};
    }

    private static void softmax(CalibrationCells cells, int cell, double inverse, double[] p) {
        double max = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < p.length; c++) {
            max = Math.max(max, inverse * cells.logit(cell, c));
        }
        double sum = 0;
        for (int c = 0; c < p.length; c++) {
            p[c] = Math.exp(inverse * cells.logit(cell, c) - max);
            sum += p[c];
        }
        for (int c = 0; c < p.length; c++) {
            p[c] /= sum;
        }
    }
}
