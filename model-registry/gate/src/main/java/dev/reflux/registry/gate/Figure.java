package dev.reflux.registry.gate;

import java.util.Locale;

/**
 * A value and its limit.
 *
 * @param name the name of the metric
 * @param value the value; NaN when it is not known
 * @param least the smallest value that passes
 */
public record Figure(String name, double value, double least) {

    /** Returns whether the value reaches its limit; an unknown value does not. */
    public boolean passes() {
        return value >= least;
    }

    /** Returns why the value does not pass, for people. */
    String shortfall() {
        return Double.isNaN(value)
                ? String.format(
                        Locale.ROOT,
                        "%s is not known, as no held-out frame shows it yet; it must be at least %.4f",
                        name,
                        least)
                : String.format(Locale.ROOT, "%s is %.4f, under %.4f", name, value, least);
    }
}
