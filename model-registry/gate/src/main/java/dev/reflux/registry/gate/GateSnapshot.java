package dev.reflux.registry.gate;

import dev.reflux.registry.format.AliasChange;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.store.VehicleReport;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All that a decision of the gate depends on, as of one moment.
 *
 * @param at the moment
 * @param champion the version of the fleet; empty before the first promotion
 * @param canary the version that a part of the fleet tries; the champion while none is tried
 * @param newest the newest version that was neither tried nor rejected; empty when there is none
 * @param pastChampions numbers of the versions that the champion would return to, ascending; only versions that exist, and
 *     empty when no vehicle has reported on the champion
 * @param versions the champion's, the canary's and the newest version, by number; a reaped version is absent
 * @param rejected numbers of the recent versions that were refused, or rolled back by the gate or by a person
 * @param reports the reports of vehicles on the champion and the canary
 */
record GateSnapshot(
        Instant at,
        Optional<AliasChange> champion,
        Optional<AliasChange> canary,
        Optional<StudentVersion> newest,
        List<Long> pastChampions,
        Map<Long, StudentVersion> versions,
        Set<Long> rejected,
        List<VehicleReport> reports) {

    GateSnapshot {
        pastChampions = List.copyOf(pastChampions);
        versions = Map.copyOf(versions);
        rejected = Set.copyOf(rejected);
        reports = List.copyOf(reports);
    }

    /** Returns the number of the champion; 0 for none. */
    long championVersion() {
        return champion.map(AliasChange::version).orElse(0L);
    }

    /** Returns the canary when it is on trial: it exists, is another version than the champion, and was not taken back. */
    Optional<AliasChange> activeCanary() {
        return canary.filter(change -> champion.isPresent()
                && change.version() != championVersion()
                && versions.containsKey(change.version())
                && !rejected.contains(change.version()));
    }
}
