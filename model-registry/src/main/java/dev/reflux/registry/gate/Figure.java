package dev.reflux.registry.gate;

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
}
