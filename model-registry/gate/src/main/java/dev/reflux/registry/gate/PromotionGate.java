package dev.reflux.registry.gate;

import dev.reflux.registry.format.AliasChange;
import dev.reflux.registry.format.AliasNames;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.gate.Decision.Kind;
import dev.reflux.registry.store.Journal;
import dev.reflux.registry.store.ModelRegistry;
import dev.reflux.registry.store.RegistryCatalog;
import dev.reflux.registry.store.Standing;
import dev.reflux.registry.store.VehicleReport;
import dev.reflux.registry.store.VehicleReports;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Promotes versions: to the canary when they pass, to the fleet after a quiet period, and back when vehicles report a
 * regression. Reads a snapshot, lets {@link GatePolicy} decide, records the decision and carries it out.
 *
 * <ol>
 *   <li>{@link AliasNames#CHAMPION} points only at versions that passed, that were the canary for the quiet period, and on
 *       which too few vehicles have reported a regression; the first champion has no canary.
 *   <li>A version that was refused or rolled back is not tried again.
 *   <li>Every decision is in the journal "decisions", with its figures, before it is carried out. When the gate is killed
 *       in between, its next step carries the decision out, unless the alias has been moved since.
 *   <li>The cost of a step does not grow with the versions, decisions and reports there are: it looks at the newest of each.
 * </ol>
 *
 * One {@link #step} at a time for a model line; {@link #report} from any thread. Blocks on the network.
 */
public final class PromotionGate {

    private static final String BY = "gate";
    private static final String DECISIONS = "decisions";

    /** The number of newest versions, and of newest changes of an alias, that a step looks at. */
    private static final int RECENT = 32;

    private final ModelRegistry registry;
    private final String model;
    private final GateRules rules;
    private final GatePolicy policy;
    private final Clock clock;
    private final Journal decisions;
    private final RecentDecisions recent;
    private final VehicleReports reports;

    /** Creates the gate of a model line. */
    public PromotionGate(ModelRegistry registry, String model, GateRules rules, Clock clock) {
        this.registry = registry;
        this.model = model;
        this.rules = rules;
        this.policy = new GatePolicy(rules);
        this.clock = clock;
        this.decisions = registry.journal(model, DECISIONS);
        this.recent = new RecentDecisions(decisions.reader());
        this.reports = registry.reports(model);
    }

    /** Returns every decision of a model line, in order. */
    public static List<Decision> decisions(RegistryCatalog catalog, String model) {
        return catalog.journal(model, DECISIONS).read(1).stream()
                .map(entry -> DecisionJson.read(entry.content()))
                .toList();
    }

    /**
     * Records the report of a vehicle on a version, for which nobody but the vehicle itself vouches.
     *
     * @param vehicle the id of the vehicle
     * @param metric the name of what was measured
     * @param value the measured value
     * @param least the smallest value that would have been good enough
     * @throws dev.reflux.common.failure.UsageException when there is no such version
     */
    public void report(String vehicle, long version, String metric, double value, double least) {
        reports.add(new VehicleReport(vehicle, vehicle, version, metric, value, least));
    }

    /**
     * Decides and carries out until nothing is left to do; a new canary ends the step, because its quiet period begins.
     *
     * @return the decisions of this step, in order
     */
    public List<Decision> step() {
        recent.last().ifPresent(last -> carryOut(last.number(), last.decision()));
        List<Decision> done = new ArrayList<>();
        Optional<Decision> next = policy.decide(snapshot());
        while (next.isPresent()) {
            carryOut(decisions.append(DecisionJson.write(next.get())), next.get());
            done.add(next.get());
            boolean trial = next.get().kind() == Kind.CANARY && !rules.quiet().isZero();
            next = trial ? Optional.empty() : policy.decide(snapshot());
        }
        return done;
    }

    private GateSnapshot snapshot() {
        Optional<AliasChange> champion = registry.reader().current(model, AliasNames.CHAMPION);
        Optional<AliasChange> canary = registry.reader().current(model, AliasNames.CANARY);
        Set<Long> rejected = new HashSet<>(recent.rejected());
        champion.ifPresent(change -> rejected.addAll(takenBack(AliasNames.CHAMPION, change)));
        canary.ifPresent(change -> rejected.addAll(takenBack(AliasNames.CANARY, change)));
        canary.filter(change -> isPersons(change, champion)).ifPresent(change -> rejected.remove(change.version()));
        Optional<StudentVersion> newest = newest(champion, canary, rejected);
        Map<Long, StudentVersion> versions = new HashMap<>();
        newest.ifPresent(version -> versions.put(version.version(), version));
        Set<Long> onTrial = Stream.concat(champion.stream(), canary.stream())
                .map(AliasChange::version)
                .collect(Collectors.toSet());
        onTrial.forEach(number -> find(number).ifPresent(version -> versions.put(number, version)));
        List<VehicleReport> reported =
                onTrial.stream().flatMap(number -> reports.of(number).stream()).toList();
        List<Long> past = champion.map(change -> pastChampions(change.version(), reported))
                .orElse(List.of());
        return new GateSnapshot(clock.instant(), champion, canary, newest, past, versions, rejected, reported);
    }

    /** A person may try a version that the gate refused. */
    private static boolean isPersons(AliasChange canary, Optional<AliasChange> champion) {
        return !canary.by().equals(BY)
                && champion.filter(change -> change.at().isAfter(canary.at())).isEmpty();
    }

    /** A version that a person takes back would otherwise be the next canary. */
    private Set<Long> takenBack(String alias, AliasChange now) {
        return now.rollback() ? standing(alias).takenBack() : Set.of();
    }

    private Standing standing(String alias) {
        return Standing.of(registry.catalog().recentHistory(model, alias, RECENT));
    }

    /** Returns the newest version that was neither tried nor rejected; searches a window, so that the cost has a bound. */
    private Optional<StudentVersion> newest(
            Optional<AliasChange> champion, Optional<AliasChange> canary, Set<Long> rejected) {
        long latest = registry.reader()
                .current(model, AliasNames.LATEST)
                .map(AliasChange::version)
                .orElse(0L);
        long tried = Math.max(
                champion.map(AliasChange::version).orElse(0L),
                canary.map(AliasChange::version)
                        .filter(version -> !rejected.contains(version))
                        .orElse(0L));
        for (long number = latest; number > Math.max(tried, latest - RECENT); number--) {
            Optional<StudentVersion> found = rejected.contains(number) ? Optional.empty() : find(number);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** A rollback needs them only: without a report on the champion, its history is not fetched. */
    private List<Long> pastChampions(long champion, List<VehicleReport> reported) {
        return reported.stream().noneMatch(report -> report.version() == champion)
                ? List.of()
                : standing(AliasNames.CHAMPION).before().stream()
                        .filter(number -> find(number).isPresent())
                        .toList();
    }

    private Optional<StudentVersion> find(long number) {
        return registry.reader().resolve(model, String.valueOf(number));
    }

    private void carryOut(long number, Decision decision) {
        switch (decision.kind()) {
            case REFUSED -> {}
            case CANARY -> point(AliasNames.CANARY, decision.version(), number, decision);
            case PROMOTED -> {
                point(AliasNames.CANARY, decision.version(), number, decision);
                point(AliasNames.CHAMPION, decision.version(), number, decision);
            }
            case ROLLED_BACK -> {
                point(AliasNames.CANARY, decision.live(), number, decision);
                point(AliasNames.CHAMPION, decision.live(), number, decision);
            }
        }
    }

    /** Points an alias, unless it is there already or has been moved since the decision. */
    private void point(String alias, long version, long number, Decision decision) {
        String mark = "decision " + number + ": ";
        Optional<AliasChange> now = registry.reader().current(model, alias);
        boolean done = now.filter(change ->
                        change.version() == version || change.at().isAfter(decision.at()) || wasCarriedOut(alias, mark))
                .isPresent();
        if (!done && find(version).isPresent()) {
            registry.aliases().point(model, alias, version, BY, mark + decision.reason());
        }
    }

    /** Also reads the history: the clock of a later author may be behind. */
    private boolean wasCarriedOut(String alias, String mark) {
        return registry.catalog().recentHistory(model, alias, RECENT).stream()
                .anyMatch(change -> change.reason().startsWith(mark));
    }
}
