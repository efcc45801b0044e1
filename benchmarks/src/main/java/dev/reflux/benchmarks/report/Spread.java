package dev.reflux.benchmarks.report;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The spread of a repeated measurement.
 *
 * @param median the median; of an even number of values the mean of the middle two
 * @param min the smallest value
 * @param max the largest value
 * @param times the number of values
 */
public record Spread(double median, double min, double max, int times) {

    /** @throws IllegalArgumentException if there is no value */
    public static Spread of(List<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("nothing was measured");
        }
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        int n = sorted.length;
        return new Spread((sorted[(n - 1) / 2] + sorted[n / 2]) / 2, sorted[0], sorted[n - 1], n);
    }

    /** Returns the spread of the ratios round by round, so that a common slowdown cancels out. */
    public static Spread ofRatios(List<Double> above, List<Double> below) {
        if (above.size() != below.size()) {
            throw new IllegalArgumentException(above.size() + " values cannot be paired with " + below.size());
        }
        Double[] ratios = new Double[above.size()];
        Arrays.setAll(ratios, i -> above.get(i) / below.get(i));
        return of(List.of(ratios));
    }

    /** {@code 4.21 (4.02-6.90)}. */
    @Override
    public String toString() {
        return text(median) + " (" + text(min) + "-" + text(max) + ")";
    }

    /** Formats with three significant digits and without an exponent. */
    static String text(double value) {
        double size = Math.abs(value);
        return String.format(
                Locale.ROOT, size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f", value);
    }
}
