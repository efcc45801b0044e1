package dev.reflux.registry.gate;

import dev.reflux.registry.format.StudentVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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

    /**
     * Agreement with the teacher on held-out frames, which a version has in the place of an mIoU while too few of these frames have
     * a label.
     */
    private static final String AGREEMENT = "holdout.agreement";

    /** The prefix of the champion's scores on the candidate's held-out frames. */
    private static final String CHAMPION = "champion.";

    public Judgment {
        figures = List.copyOf(figures);
    }

    /**
     * Compares a candidate. If the candidate's metrics have the champion's scores on the candidate's own held-out frames,
     * those count: scores of other frames at another time would say more about the frames than about the weights. A metric
     * that the champion has and the candidate lacks counts against the candidate. Without a floor, a candidate that has no mIoU,
     * because too few held-out frames have a label, is judged by its agreement with the teacher. A floor is one of mIoU, which an
     * agreement never passes for.
     */
    public static Judgment of(GateRules rules, Optional<StudentVersion> live, StudentVersion candidate) {
        return of(
                rules,
                candidate.version(),
                candidate.metrics(),
                live.map(StudentVersion::version).orElse(0L),
                live.map(StudentVersion::metrics).orElse(Map.of()));
    }

    /**
     * Compares the metrics of a candidate.
     *
     * @param live the number of the champion; 0 for none
     * @param liveMetrics the metrics of the champion's own manifest
     */
    public static Judgment of(
            GateRules rules, long candidate, Map<String, Double> metrics, long live, Map<String, Double> liveMetrics) {
        List<Figure> figures = new ArrayList<>();
        boolean byAgreement = rules.floor() == 0 && !metrics.containsKey(MIOU) && metrics.containsKey(AGREEMENT);
        String first = byAgreement ? AGREEMENT : MIOU;
        figures.add(new Figure(first, score(metrics, first), rules.floor()));
        onSameFrames(metrics, live).orElse(liveMetrics).forEach((name, value) -> {
            if (name.equals(MIOU) || name.equals(AGREEMENT) && byAgreement) {
                figures.add(new Figure(name, score(metrics, name), value - rules.mayLose()));
            } else if (name.startsWith("holdout.class.")) {
                figures.add(new Figure(name, score(metrics, name), value - rules.classMayLose()));
            } else if (name.startsWith("holdout.domain.")) {
                figures.add(new Figure(name, score(metrics, name), value - rules.domainMayLose()));
            }
        });
        return new Judgment(candidate, live, figures);
    }

    /** Returns the champion's scores among the candidate's metrics; empty if they are of another version or not there. */
    private static Optional<Map<String, Double>> onSameFrames(Map<String, Double> metrics, long live) {
        boolean scored = (metrics.containsKey(CHAMPION + MIOU) || metrics.containsKey(CHAMPION + AGREEMENT))
                && metrics.getOrDefault(CHAMPION + "version", 0.0) == live
                && live > 0;
        if (!scored) {
            return Optional.empty();
        }
        Map<String, Double> scores = new TreeMap<>();
        metrics.forEach((name, value) -> {
            if (name.startsWith(CHAMPION + "holdout.")) {
                scores.put(name.substring(CHAMPION.length()), value);
            }
        });
        return Optional.of(scores);
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
