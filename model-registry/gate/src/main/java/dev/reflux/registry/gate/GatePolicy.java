package dev.reflux.registry.gate;

import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.gate.Decision.Kind;
import dev.reflux.registry.store.VehicleReport;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Decides: one snapshot in, at most one decision out. A pure function of its argument; any thread.
 *
 * <ol>
 *   <li>A regression comes first, then the promotion of the canary, then a new canary.
 *   <li>A canary ends its trial before the next one begins: newer versions wait, and do not restart the quiet period.
 *   <li>A version that was refused or rolled back is not tried again.
 *   <li>Each token counts once, however many vehicles it names and however often they report.
 * </ol>
 */
final class GatePolicy {

    private final GateRules rules;

    GatePolicy(GateRules rules) {
        this.rules = rules;
    }

    /** Returns what is to be done; empty when nothing is. */
    Optional<Decision> decide(GateSnapshot now) {
        return rollBackCanary(now)
                .or(() -> rollBackChampion(now))
                .or(() -> promoteCanary(now))
                .or(() -> tryNewest(now));
    }

    private Optional<Decision> rollBackCanary(GateSnapshot now) {
        return now.activeCanary().flatMap(canary -> {
            List<Figure> complaints = complaints(now, canary.version());
            return complaints.isEmpty()
                    ? Optional.empty()
                    : decision(
                            now,
                            Kind.ROLLED_BACK,
                            canary.version(),
                            now.championVersion(),
                            "vehicles of the canary report a regression",
                            complaints);
        });
    }

    private Optional<Decision> rollBackChampion(GateSnapshot now) {
        long champion = now.championVersion();
        List<Figure> complaints = complaints(now, champion);
        if (champion == 0 || complaints.isEmpty() || now.rejected().contains(champion)) {
            return Optional.empty();
        }
        return now.pastChampions().stream()
                .filter(version -> version != champion && !now.rejected().contains(version))
                .reduce((one, later) -> later)
                .flatMap(before -> decision(
                        now,
                        Kind.ROLLED_BACK,
                        champion,
                        before,
                        "the fleet reports a regression; version " + before + " is live again",
                        complaints));
    }

    /** Returns the regressions that are reported of a version; empty while too few of those that report do so. */
    private List<Figure> complaints(GateSnapshot now, long version) {
        Set<String> voices = new HashSet<>();
        Map<String, Figure> worst = new TreeMap<>();
        for (VehicleReport report : now.reports()) {
            if (report.version() == version) {
                voices.add(report.by());
                if (report.regression()) {
                    worst.merge(
                            report.by(), figure(report), (one, other) -> one.value() <= other.value() ? one : other);
                }
            }
        }
        boolean enough = worst.size() >= rules.reports() && worst.size() >= rules.reportShare() * voices.size();
        return enough ? List.copyOf(worst.values()) : List.of();
    }

    private static Figure figure(VehicleReport report) {
        return new Figure(report.vehicle() + "." + report.metric(), report.value(), report.least());
    }

    private Optional<Decision> promoteCanary(GateSnapshot now) {
        return now.activeCanary()
                .filter(canary -> !now.at().isBefore(canary.at().plus(rules.quiet())))
                .flatMap(canary -> decision(
                        now,
                        Kind.PROMOTED,
                        canary.version(),
                        now.championVersion(),
                        "quiet as the canary since " + canary.at(),
                        judge(now, canary.version()).figures()));
    }

    private Optional<Decision> tryNewest(GateSnapshot now) {
        return now.newest()
                .map(StudentVersion::version)
                .filter(version ->
                        now.activeCanary().isEmpty() && !now.rejected().contains(version))
                .flatMap(version -> {
                    Judgment judgment = judge(now, version);
                    boolean first = now.champion().isEmpty();
                    Kind kind = !judgment.passes() ? Kind.REFUSED : first ? Kind.PROMOTED : Kind.CANARY;
                    String reason = kind == Kind.PROMOTED ? "the first that passes" : judgment.reason();
                    return decision(now, kind, version, now.championVersion(), reason, judgment.figures());
                });
    }

    private Judgment judge(GateSnapshot now, long version) {
        StudentVersion candidate = now.versions().get(version);
        if (candidate == null) {
            throw new IllegalArgumentException("The snapshot lacks version " + version + ".");
        }
        return Judgment.of(rules, Optional.ofNullable(now.versions().get(now.championVersion())), candidate);
    }

    private static Optional<Decision> decision(
            GateSnapshot now, Kind kind, long version, long live, String reason, List<Figure> figures) {
        return Optional.of(new Decision(now.at(), kind, version, live, reason, figures));
    }
}
