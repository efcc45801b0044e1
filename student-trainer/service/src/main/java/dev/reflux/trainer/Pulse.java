package dev.reflux.trainer;

import java.util.function.BooleanSupplier;

/**
 * What a long wait on the training thread owes to the others: it ends when the trainer is to stop, and says again and again
 * that the thread is alive. Any thread.
 *
 * @param stop whether the trainer is to stop
 * @param turn says that the thread is alive
 */
record Pulse(BooleanSupplier stop, Runnable turn) {

    /** Says that the thread is alive, and returns whether it is to go on waiting. */
    boolean goesOn() {
        turn.run();
        return !stop.getAsBoolean();
    }
}
