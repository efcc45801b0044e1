package dev.reflux.evaluation.drift;

/**
 * Detects a change of the mean in a stream of values. The trainer gives it the cross-entropy of each window of new frames
 * before their own update.
 *
 * <p>Life cycle: {@link DriftDetectorProvider#create} makes a detector that has seen nothing; {@link #restore} follows once
 * if there is a checkpoint; then {@link #add} is called for each value. A detector holds no resources and is not closed.
 *
 * <ol>
 *   <li>The same values in the same order give the same answers.
 *   <li>A detector that is restored from another's {@link #state()} continues exactly as that one would.
 *   <li>After a drift it starts anew on the values that follow.
 * </ol>
 *
 * One owner thread.
 */
public interface DriftDetector {

    /**
     * Adds a value.
     *
     * @param value a finite number
     * @return whether this value shows a drift
     */
    boolean add(double value);

    /** Returns the state for a checkpoint, a new array of finite values. */
    double[] state();

    /**
     * Replaces the state.
     *
     * @param state a result of {@link #state()} of a detector with the same settings
     */
    void restore(double[] state);
}
