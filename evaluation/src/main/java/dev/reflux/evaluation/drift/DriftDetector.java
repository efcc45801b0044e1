package dev.reflux.evaluation.drift;

/**
 * Watches a stream of figures for a change of their mean.
 *
 * <ol>
 *   <li>The same figures in the same order give the same answers.
 *   <li>A detector restored from another's {@link #state()} goes on exactly as that one would.
 *   <li>After a drift it starts afresh on what the new world gives.
 * </ol>
 */
public interface DriftDetector {

    /** @return whether this figure shows a drift */
    boolean add(double value);

    double[] state();

    /** @param state of a detector with the same settings */
    void restore(double[] state);
}
