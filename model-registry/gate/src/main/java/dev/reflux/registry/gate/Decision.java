package dev.reflux.registry.gate;

import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * A decision of the gate.
 *
 * @param at the moment of the snapshot that it was made from
 * @param kind the kind
 * @param version the number of the version that it concerns
 * @param live the number of the champion at that moment, or after a rollback; 0 for none
 * @param reason the reason, for people
 * @param figures the values that it rests on
 */
public record Decision(Instant at, Kind kind, long version, long live, String reason, List<Figure> figures) {

    /** What is done; a closed set. */
    public enum Kind {
        /** The version becomes the canary. */
        CANARY,
        /** The version does not pass. */
        REFUSED,
        /** The version becomes the champion. */
        PROMOTED,
        /** The version is replaced by an earlier one. */
        ROLLED_BACK
    }

    public Decision {
        figures = List.copyOf(figures);
    }

    /** Returns what was decided and why, for people. */
    public String sentence() {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ') + ": " + reason;
    }
}
