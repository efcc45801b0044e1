package dev.reflux.registry.gate;

import java.util.Locale;

/**
 * One comparison of a judgement.
 *
 * @param name the metric's
 * @param value the candidate's; NaN when it has none
 * @param least what it had to be at least
 */
public record Figure(String name, double value, double least) {

    /** Not a number passes nothing. */
    public boolean passes() {
        return value >= least;
    }

    /** Why it did not pass, for people. */
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
