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
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Lets versions go live: to the canary's vehicles when they pass, to all after a quiet period, and back when vehicles
 * report that they are worse.
 *
 * <ol>
 *   <li>{@code champion} points at versions only that passed, were the canary's for the quiet period, and about which too
 *       few vehicles complained; the first champion has no canary.
 *   <li>A version that was refused or rolled back is not tried again.
 *   <li>Every decision stands in the journal "decisions" with the figures on which it stands, before it is carried out.
 *       One that was killed in between is carried out by the next turn, unless somebody has pointed the name elsewhere
 *       meanwhile.
 * </ol>
 *
 * One at a time for a model; {@link #report} from anywhere. Blocks on the network.
 */
public final class PromotionGate {

    private static final String BY = "gate";
    private static final String DECISIONS = "decisions";

    private final ModelRegistry registry;
    private final String model;
    private final GateRules rules;
    private final Clock clock;
    private final Journal decisions;
    private final Journal reports;

    public PromotionGate(ModelRegistry registry, String model, GateRules rules, Clock clock) {
        this.registry = registry;
        this.model = model;
        this.rules = rules;
        this.clock = clock;
        this.decisions = registry.journal(model, DECISIONS);
        this.reports = registry.journal(model, "reports");
    }

    /**
     * A vehicle says that a version does worse than it should.
     *
     * @param value what it measured
     * @param least what it should have been at least
     */
    public void report(String vehicle, long version, String metric, double value, double least) {
        reports.append(
                Map.of("vehicle", vehicle, "version", version, "metric", metric, "value", value, "least", least));
    }

    /** Looks at everything once and does what is due. Returns what it did, in order; often nothing. */
    public List<Decision> step() {
        List<Decision> done = new ArrayList<>();
        decisions.reader().last().ifPresent(this::carryOut);
        rollBack().ifPresent(done::add);
        promote().ifPresent(done::add);
        tryNewest().ifPresent(done::add);
        return done;
    }

    /** Returns every decision of a model line, in order. */
    public static List<Decision> decisions(RegistryCatalog catalog, String model) {
        return catalog.journal(model, DECISIONS).read(1).stream()
                .map(entry -> read(entry.content()))
                .toList();
    }

    private List<Decision> decisions() {
        return decisions(registry.catalog(), model);
    }

    // ---- back ----------------------------------------------------------------------------------------------------

    private Optional<Decision> rollBack() {
        Optional<AliasChange> canary = registry.reader().current(model, AliasNames.CANARY);
        Optional<AliasChange> champion = registry.reader().current(model, AliasNames.CHAMPION);
        if (canary.isPresent()
                && champion.isPresent()
                && canary.get().version() != champion.get().version()) {
            List<Figure> complaints = complaints(canary.get().version());
            if (!complaints.isEmpty()) {
                return Optional.of(decide(
                        Kind.ROLLED_BACK,
                        canary.get().version(),
                        champion.get().version(),
                        "vehicles of the canary report a regression",
                        complaints));
            }
        }
        return champion.flatMap(this::rollBackChampion);
    }

    private Optional<Decision> rollBackChampion(AliasChange champion) {
        List<Figure> complaints = complaints(champion.version());
        if (complaints.isEmpty() || bad().contains(champion.version())) {
            return Optional.empty();
        }
        Set<Long> bad = bad();
        bad.add(champion.version());
        List<AliasChange> history = registry.catalog().history(model, AliasNames.CHAMPION);
        Optional<Long> before = Optional.empty();
        for (AliasChange change : history) {
            boolean usable = !bad.contains(change.version())
                    && registry.reader()
                            .resolve(model, String.valueOf(change.version()))
                            .isPresent();
            before = usable ? Optional.of(change.version()) : before;
        }
        if (before.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(decide(
                Kind.ROLLED_BACK,
                champion.version(),
                before.get(),
                "the fleet reports a regression; version " + before.get() + " is live again",
                complaints));
    }

    /** The worst of each vehicle's reports on a version; empty while too few vehicles complain. */
    private List<Figure> complaints(long version) {
        Map<String, Figure> worst = new TreeMap<>();
        for (JournalReader.Entry entry : reports.reader().read(1)) {
            JsonNode report = entry.content();
            Figure figure = new Figure(
                    report.path("vehicle").asText() + "."
                            + report.path("metric").asText(),
                    report.path("value").asDouble(Double.NaN),
                    report.path("least").asDouble());
            if (report.path("version").asLong() == version && !figure.passes()) {
                worst.merge(
                        report.path("vehicle").asText(),
                        figure,
                        (one, other) -> one.value() <= other.value() ? one : other);
            }
        }
        return worst.size() >= rules.reports() ? List.copyOf(worst.values()) : List.of();
    }

    // ---- forth ---------------------------------------------------------------------------------------------------

    private Optional<Decision> promote() {
        Optional<AliasChange> canary = registry.reader().current(model, AliasNames.CANARY);
        Optional<AliasChange> champion = registry.reader().current(model, AliasNames.CHAMPION);
        if (canary.isEmpty()
                || champion.isEmpty()
                || canary.get().version() == champion.get().version()
                || clock.instant().isBefore(canary.get().at().plus(rules.quiet()))) {
            return Optional.empty();
        }
        long version = canary.get().version();
        return Optional.of(decide(
                Kind.PROMOTED,
                version,
                champion.get().version(),
                "quiet as the canary since " + canary.get().at(),
                judge(version, champion.get().version()).figures()));
    }

    private Optional<Decision> tryNewest() {
        Optional<StudentVersion> newest = registry.reader().resolve(model, AliasNames.LATEST);
        Optional<AliasChange> champion = registry.reader().current(model, AliasNames.CHAMPION);
        long tried = Math.max(
                champion.map(AliasChange::version).orElse(0L),
                registry.reader()
                        .current(model, AliasNames.CANARY)
                        .map(AliasChange::version)
                        .orElse(0L));
        if (newest.isEmpty()
                || newest.get().version() <= tried
                || bad().contains(newest.get().version())) {
            return Optional.empty();
        }
        long version = newest.get().version();
        long live = champion.map(AliasChange::version).orElse(0L);
        Judgement judgement = judge(version, live);
        if (!judgement.passes()) {
            return Optional.of(decide(Kind.REFUSED, version, live, judgement.reason(), judgement.figures()));
        }
        if (champion.isEmpty()) {
            return Optional.of(decide(Kind.PROMOTED, version, live, "the first that passes", judgement.figures()));
        }
        return Optional.of(decide(Kind.CANARY, version, live, judgement.reason(), judgement.figures()));
    }

    private Judgement judge(long version, long live) {
        return Judgement.of(
                rules,
                live == 0 ? Optional.empty() : registry.reader().resolve(model, String.valueOf(live)),
                registry.reader().require(model, String.valueOf(version)));
    }

    /** Somebody whose clock is behind may have come after us. */
    private boolean wasCarriedOut(String alias, String mark) {
        return registry.catalog().history(model, alias).stream()
                .anyMatch(change -> change.reason().startsWith(mark));
    }

    // ---- what was ------------------------------------------------------------------------------------------------

    /** Versions that were refused or taken back. */
    private Set<Long> bad() {
        Set<Long> bad = new HashSet<>();
        for (Decision decision : decisions()) {
            if (decision.kind() == Kind.REFUSED || decision.kind() == Kind.ROLLED_BACK) {
                bad.add(decision.version());
            }
        }
        return bad;
    }

    private Decision decide(Kind kind, long version, long live, String reason, List<Figure> figures) {
        Decision decision = new Decision(clock.instant(), kind, version, live, reason, figures);
        long number = decisions.append(Map.of(
                "at",
                decision.at().toString(),
                "kind",
                kind.name(),
                "version",
                version,
                "live",
                live,
                "reason",
                reason,
                "figures",
                figures.stream()
                        .map(figure -> Map.of("name", figure.name(), "value", figure.value(), "least", figure.least()))
                        .toList()));
        carryOut(number, decision);
        return decision;
    }

    // ---- carrying out --------------------------------------------------------------------------------------------

    private void carryOut(JournalReader.Entry entry) {
        carryOut(entry.number(), read(entry.content()));
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

    /** Unless it points there, or somebody has pointed it elsewhere since the decision. */
    private void point(String alias, long version, long number, Decision decision) {
        String mark = "decision " + number + ": ";
        Optional<AliasChange> now = registry.reader().current(model, alias);
        boolean done = now.filter(change ->
                        change.version() == version || change.at().isAfter(decision.at()) || wasCarriedOut(alias, mark))
                .isPresent();
        if (!done && registry.reader().resolve(model, String.valueOf(version)).isPresent()) {
            registry.aliases().point(model, alias, version, BY, mark + decision.reason());
        }
    }

    private static Decision read(JsonNode content) {
        List<Figure> figures = new ArrayList<>();
        for (JsonNode figure : content.path("figures")) {
            figures.add(new Figure(
                    figure.path("name").asText(),
                    figure.path("value").asDouble(Double.NaN),
                    figure.path("least").asDouble()));
        }
        return new Decision(
                Instant.parse(content.path("at").asText()),
                Kind.valueOf(content.path("kind").asText()),
                content.path("version").asLong(),
                content.path("live").asLong(),
                content.path("reason").asText(),
                figures);
    }
}
