package dev.reflux.lab.learning;

import dev.reflux.evaluation.ContinualScores;
import dev.reflux.lab.learning.RunResult.Budget;
import dev.reflux.lab.learning.RunResult.LegScore;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * A method's runs over all seeds.
 *
 * @param method its name
 * @param replay whether frames were seen again
 * @param budget what its cost was held to
 * @param runs one a seed
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

    /** NaN where a leg's domain is not among those that are scored, or there was one leg. */
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
