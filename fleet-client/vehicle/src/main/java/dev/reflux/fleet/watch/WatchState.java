package dev.reflux.fleet.watch;

import java.time.Instant;

/**
 * What a watch is doing.
 *
 * @param phase what it does
 * @param since the time since which it does that, by the clock of the vehicle
 * @param version the version that was taken last; 0 before the first
 * @param failures the failures in a row
 * @param sentence the last failure; empty when all is well
 */
public record WatchState(Phase phase, Instant since, long version, long failures, String sentence) {

    /** A closed set, for meters. */
    public enum Phase {
        /** Has not heard from the registry yet. */
        STARTING,
        /** Hears from the registry, and has taken what it has. */
        FOLLOWING,
        /** The registry does not answer as it should; it is asked again. */
        AWAY,
        /** The alias points at a version that is refused, or fails; it is tried again. */
        NOT_TAKEN,
        /** The receiver has ended it, or its thread was interrupted. */
        STOPPED
    }
}
