package dev.reflux.lab.learning;

import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * A figure over seeds.
 *
 * @param mean the mean of the values that are not NaN; NaN if there are none
 * @param deviation the sample standard deviation; 0 for one value
 */
public record SeedSpread(double mean, double deviation) {

    public static SeedSpread of(Collection<Double> values) {
        List<Double> there =
                values.stream().filter(value -> !Double.isNaN(value)).toList();
        double mean = there.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
        double squares = there.stream()
                .mapToDouble(value -> (value - mean) * (value - mean))
                .sum();
        return new SeedSpread(mean, there.size() < 2 ? 0 : Math.sqrt(squares / (there.size() - 1)));
    }

    /** Returns values of 0..1 in per cent, such as "45.2 ± 1.1"; a dash for NaN. */
    public String percent() {
        return Double.isNaN(mean) ? "-" : String.format(Locale.ROOT, "%.1f ± %.1f", 100 * mean, 100 * deviation);
    }

    /** Returns the values with a sign, such as "+1.2 ± 0.3". */
    public String signedPercent() {
        return Double.isNaN(mean) ? "-" : String.format(Locale.ROOT, "%+.1f ± %.1f", 100 * mean, 100 * deviation);
    }

    /** Returns the mean in whole numbers. */
    public String whole() {
        return Double.isNaN(mean) ? "-" : String.format(Locale.ROOT, "%.0f", mean);
    }
}
