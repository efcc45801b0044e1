package dev.reflux.lab.learning;

import dev.reflux.evaluation.ContinualScores;
import dev.reflux.lab.learning.RunResult.Budget;
import dev.reflux.lab.learning.RunResult.LegScore;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The runs of a method over all seeds.
 *
 * @param method the name of the method
 * @param replay whether frames were replayed
 * @param budget the limit of its cost
 * @param runs one run for each seed
 */
record LearningRow(String method, boolean replay, Budget budget, List<RunResult> runs) {

    SeedSpread over(ToDoubleFunction<RunResult> figure) {
        return SeedSpread.of(runs.stream().mapToDouble(figure).boxed().toList());
    }

    SeedSpread miou() {
        return over(run -> run.last().miou());
    }

    SeedSpread rawMiou() {
        return over(RunResult::rawMiou);
    }

    SeedSpread domain(String domain) {
        return over(run -> run.last().perDomain().getOrDefault(domain, Double.NaN));
    }

    SeedSpread prequential() {
        return over(RunResult::prequential);
    }

    SeedSpread backwardTransfer(List<String> domains) {
        return over(run -> continual(run, domains, ContinualScores::backwardTransfer));
    }

    SeedSpread forgetting(List<String> domains) {
        return over(run -> continual(run, domains, ContinualScores::forgetting));
    }

    /** Returns NaN if a leg's domain is not scored, or if there was only one leg. */
    private static double continual(RunResult run, List<String> domains, ToDoubleFunction<ContinualScores> figure) {
        int[] domainOfLeg = run.legs().stream()
                .mapToInt(leg -> domains.indexOf(leg.domain()))
                .toArray();
        if (run.legs().size() < 2 || run.legs().stream().anyMatch(leg -> !domains.contains(leg.domain()))) {
            return Double.NaN;
        }
        ContinualScores scores = new ContinualScores(domains.size(), domainOfLeg);
        for (LegScore leg : run.legs()) {
            scores.learnt(domains.stream()
                    .mapToDouble(domain -> leg.score().perDomain().getOrDefault(domain, Double.NaN))
                    .toArray());
        }
        return figure.applyAsDouble(scores);
    }
}
