package dev.reflux.lab.learning;

import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * A figure over seeds.
 *
 * @param mean of those that are there; NaN of none
 * @param deviation the sample's standard deviation; 0 of one
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

    /** Of parts of one, as per cent: "45.2 ± 1.1"; a dash for NaN. */
    public String percent() {
        return Double.isNaN(mean) ? "-" : String.format(Locale.ROOT, "%.1f ± %.1f", 100 * mean, 100 * deviation);
    }

    /** With a sign: "+1.2 ± 0.3". */
    public String signedPercent() {
        return Double.isNaN(mean) ? "-" : String.format(Locale.ROOT, "%+.1f ± %.1f", 100 * mean, 100 * deviation);
    }

    /** The mean alone, in whole numbers. */
    public String whole() {
        return Double.isNaN(mean) ? "-" : String.format(Locale.ROOT, "%.0f", mean);
    }
}
