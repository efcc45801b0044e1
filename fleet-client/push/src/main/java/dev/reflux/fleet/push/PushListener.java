package dev.reflux.fleet.push;

/** Receives the progress of a push, on the thread of the pusher. */
@FunctionalInterface
public interface PushListener {

    /** Ignores the progress. */
    PushListener SILENT = now -> {};

    /** Is called once for {@link FramePusher#REPORT_EVERY} frames, and more often while the brokers do not answer. */
    void progressed(PushProgress now);
}
