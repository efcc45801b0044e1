package dev.reflux.trainer.guard;

/** Follows a guard. Called on the training thread, which waits for the return. */
public interface GuardListener {

    /** Called once when something begins or ends, not once for each frame, with one sentence for people. */
    default void said(String sentence) {}

    /** Called for each frame at fault. */
    default void faulted(Fault fault) {}
}
