package dev.reflux.registry.gate;

import java.time.Instant;
import java.util.List;

/**
 * What a gate did.
 *
 * @param at when
 * @param kind what
 * @param version the version it is about
 * @param live the version that was live then; 0 for none
 * @param reason for people
 * @param figures on which it stands
 */
public record Decision(Instant at, Kind kind, long version, long live, String reason, List<Figure> figures) {

    /** Closed set. */
    public enum Kind {
        /** It goes to the canary's vehicles. */
        CANARY,
        /** It does not pass. */
        REFUSED,
        /** It is live. */
        PROMOTED,
        /** It was taken back. */
        ROLLED_BACK
    }

    public Decision {
        figures = List.copyOf(figures);
    }
}
