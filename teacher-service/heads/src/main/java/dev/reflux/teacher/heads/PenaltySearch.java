package dev.reflux.teacher.heads;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the penalty of the regression: tries the penalties of the settings from the largest on, each from the optimum of
 * the one before, until the score on held-out cells becomes worse. One thread.
 */
final class PenaltySearch {

    /**
     * The regression with the best score.
     *
     * @param l2 its penalty
     * @param optimum the weights of each class
     * @param score on the held-out cells
     * @param evaluations the number of evaluations up to this penalty
     */
    record Fit(double l2, LockstepLbfgs.Result optimum, HeadScore score, int evaluations) {}

    private final ProjectionFitSettings settings;
    private final LogisticObjective objective;
    private final FeatureCells heldOut;
    private final ProjectionFitListener listener;

    /** @param heldOut standardized like the cells of the objective */
    PenaltySearch(
            ProjectionFitSettings settings,
            LogisticObjective objective,
            FeatureCells heldOut,
            ProjectionFitListener listener) {
        this.settings = settings;
        this.objective = objective;
        this.heldOut = heldOut;
        this.listener = listener;
    }

    /** @param start for each class F weights and the bias */
    Fit best(double[][] start) {
        Fit best = null;
        int evaluations = 0;
        for (double l2 : penalties()) {
            Fit next = fit(l2, best == null ? start : best.optimum().points(), evaluations);
            evaluations = next.evaluations();
            if (isWorse(next, best)) {
                break;
            }
            best = next;
        }
        return Objects.requireNonNull(best, "the settings have a penalty");
    }

    private static boolean isWorse(Fit next, @Nullable Fit best) {
        return best != null && next.score().bce() >= best.score().bce();
    }

    /** Returns the penalties to try. Without held-out cells there is nothing to choose by. */
    private List<Double> penalties() {
        List<Double> all = settings.l2();
        return heldOut.count() > 0 ? all : List.of(all.get(all.size() / 2));
    }

    private Fit fit(double l2, double[][] start, int evaluationsBefore) {
        objective.penalize(l2);
        LockstepLbfgs.Result optimum = new LockstepLbfgs(settings.tolerance(), settings.maxEvaluations())
                .minimize(objective, start, (evaluation, values) -> {
                    double mean = Arrays.stream(values).average().orElse(Double.NaN);
                    listener.searched(l2, evaluation, settings.maxEvaluations(), mean);
                });
        return new Fit(
                l2,
                optimum,
                HeadScore.of(objective, heldOut, optimum.points()),
                evaluationsBefore + optimum.evaluations());
    }
}
