package dev.reflux.fleet.push;

/** Hears how a push goes, on the pusher's thread. */
@FunctionalInterface
public interface PushListener {

    /** Hears nothing. */
    PushListener SILENT = now -> {};

    void progressed(PushProgress now);
}
