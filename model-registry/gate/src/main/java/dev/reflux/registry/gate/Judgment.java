package dev.reflux.registry.gate;

import dev.reflux.registry.format.StudentVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A candidate compared with the champion. Immutable: any thread.
 *
 * @param candidate the number of the candidate
 * @param live the number of the champion; 0 for none
 * @param figures all comparisons
 */
public record Judgment(long candidate, long live, List<Figure> figures) {

    private static final String MIOU = "holdout.miou";

    public Judgment {
        figures = List.copyOf(figures);
    }

    /** Compares a candidate; a metric that the champion has and the candidate lacks counts against the candidate. */
    public static Judgment of(GateRules rules, Optional<StudentVersion> live, StudentVersion candidate) {
        Map<String, Double> scores = candidate.metrics();
        List<Figure> figures = new ArrayList<>();
        figures.add(new Figure(MIOU, score(scores, MIOU), rules.floor()));
        live.ifPresent(version -> version.metrics().forEach((name, value) -> {
            if (name.equals(MIOU)) {
                figures.add(new Figure(name, score(scores, name), value - rules.mayLose()));
            } else if (name.startsWith("holdout.class.")) {
                figures.add(new Figure(name, score(scores, name), value - rules.classMayLose()));
            } else if (name.startsWith("holdout.domain.")) {
                figures.add(new Figure(name, score(scores, name), value - rules.domainMayLose()));
            }
        }));
        return new Judgment(
                candidate.version(), live.map(StudentVersion::version).orElse(0L), figures);
    }

    private static double score(Map<String, Double> scores, String name) {
        return scores.getOrDefault(name, Double.NaN);
    }

    /** Returns whether every comparison passes. */
    public boolean passes() {
        return figures.stream().allMatch(Figure::passes);
    }

    /** Returns what did not pass, or that everything did, for people. */
    public String reason() {
        return passes()
                ? "all " + figures.size() + " figures pass"
                : figures.stream()
                        .filter(figure -> !figure.passes())
                        .map(Figure::shortfall)
                        .collect(Collectors.joining("; "));
    }
}
