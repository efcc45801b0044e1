package dev.reflux.registry.gate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reflux.registry.format.AliasChange;
import dev.reflux.registry.format.AliasNames;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.gate.Decision.Kind;
import dev.reflux.registry.store.Journal;
import dev.reflux.registry.store.JournalReader;
import dev.reflux.registry.store.ModelRegistry;
import dev.reflux.registry.store.RegistryCatalog;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
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
 * </ol>
 *
 * One {@link #step} at a time for a model line; {@link #report} from any thread. Blocks on the network.
 */
public final class PromotionGate {

    private static final String BY = "gate";
    private static final String DECISIONS = "decisions";
    private static final String REPORTS = "reports";

    private final ModelRegistry registry;
    private final String model;
    private final GatePolicy policy;
    private final Clock clock;
    private final Journal decisions;
    private final Journal reports;

    /** Creates the gate of a model line. */
    public PromotionGate(ModelRegistry registry, String model, GateRules rules, Clock clock) {
        this.registry = registry;
        this.model = model;
        this.policy = new GatePolicy(rules);
        this.clock = clock;
        this.decisions = registry.journal(model, DECISIONS);
        this.reports = registry.journal(model, REPORTS);
    }

    /** Returns every decision of a model line, in order. */
    public static List<Decision> decisions(RegistryCatalog catalog, String model) {
        return read(catalog.journal(model, DECISIONS)).map(DecisionJson::read).toList();
    }

    /**
     * Records the report of a vehicle on a version.
     *
     * @param vehicle the id of the vehicle
     * @param metric the name of what was measured
     * @param value the measured value
     * @param least the smallest value that would have been good enough
     */
    public void report(String vehicle, long version, String metric, double value, double least) {
        reports.append(DecisionJson.write(new VehicleReport(vehicle, version, metric, value, least)));
    }

    /**
     * Decides and carries out until nothing is left to do; a new canary ends the step, because its quiet period begins.
     *
     * @return the decisions of this step, in order
     */
    public List<Decision> step() {
        decisions.reader().last().ifPresent(entry -> carryOut(entry.number(), DecisionJson.read(entry.content())));
        List<Decision> done = new ArrayList<>();
        Optional<Decision> next = policy.decide(snapshot());
        while (next.isPresent()) {
            carryOut(decisions.append(DecisionJson.write(next.get())), next.get());
            done.add(next.get());
            next = next.get().kind() == Kind.CANARY ? Optional.empty() : policy.decide(snapshot());
        }
        return done;
    }

    private GateSnapshot snapshot() {
        Optional<AliasChange> champion = registry.reader().current(model, AliasNames.CHAMPION);
        Optional<AliasChange> canary = registry.reader().current(model, AliasNames.CANARY);
        Optional<StudentVersion> newest = registry.reader().resolve(model, AliasNames.LATEST);
        Map<Long, StudentVersion> versions = new HashMap<>();
        newest.ifPresent(version -> versions.put(version.version(), version));
        Stream.concat(champion.stream(), canary.stream())
                .map(AliasChange::version)
                .distinct()
                .filter(number -> !versions.containsKey(number))
                .forEach(number -> find(number).ifPresent(version -> versions.put(number, version)));
        List<VehicleReport> reported = reports();
        List<Long> past = champion.map(change -> pastChampions(change.version(), reported))
                .orElse(List.of());
        return new GateSnapshot(clock.instant(), champion, canary, newest, past, versions, rejected(), reported);
    }

    /** A rollback needs them only: without a report on the champion, its history is not fetched. */
    private List<Long> pastChampions(long champion, List<VehicleReport> reported) {
        if (reported.stream().noneMatch(report -> report.version() == champion)) {
            return List.of();
        }
        Set<Long> existing = Set.copyOf(registry.reader().versions(model).numbers());
        return registry.catalog().history(model, AliasNames.CHAMPION).stream()
                .map(AliasChange::version)
                .filter(existing::contains)
                .toList();
    }

    private Set<Long> rejected() {
        return read(decisions.reader())
                .map(DecisionJson::read)
                .filter(decision -> decision.kind() == Kind.REFUSED || decision.kind() == Kind.ROLLED_BACK)
                .map(Decision::version)
                .collect(Collectors.toSet());
    }

    private List<VehicleReport> reports() {
        return read(reports.reader()).map(DecisionJson::readReport).toList();
    }

    private static Stream<JsonNode> read(JournalReader journal) {
        return journal.read(1).stream().map(JournalReader.Entry::content);
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
        return registry.catalog().history(model, alias).stream()
                .anyMatch(change -> change.reason().startsWith(mark));
    }
}
