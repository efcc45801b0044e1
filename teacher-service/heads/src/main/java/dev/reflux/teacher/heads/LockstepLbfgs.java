package dev.reflux.teacher.heads;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * Minimizes several independent, smooth, convex functions of equally many variables by L-BFGS (Nocedal and Wright,
 * Numerical Optimization, 2nd ed., algorithms 7.4 and 7.5, with a backtracking line search by Armijo's rule).
 *
 * <p>All functions are evaluated together. Each has its own direction, step and history; a function that is done stays
 * where it is. Deterministic. One thread.
 */
final class LockstepLbfgs {

    /** Several functions. */
    @FunctionalInterface
    interface Objective {

        /**
         * Evaluates all functions.
         *
         * @param points one point for each function
         * @param gradients filled with one gradient for each function
         * @return the values of the functions
         */
        double[] evaluate(double[][] points, double[][] gradients);
    }

    /** The receiver of progress. */
    @FunctionalInterface
    interface Progress {

        /**
         * Called after each evaluation but the first.
         *
         * @param evaluation the number of evaluations so far
         * @param values the lowest value of each function so far
         */
        void evaluated(int evaluation, double[] values);
    }

    /**
     * The result of a search.
     *
     * @param points the point at which each function was lowest
     * @param values the values at these points
     * @param evaluations the number of evaluations
     * @param converged the number of functions whose gradient is below the tolerance, or that cannot be lowered in
     *     double precision
     */
    record Result(double[][] points, double[] values, int evaluations, int converged) {}

    private static final int HISTORY = 20;
    private static final double ARMIJO = 1e-4;
    private static final double SHORTEST_STEP = 1e-6;
    private static final double LEAST_CURVATURE = 1e-12;

    private final double tolerance;
    private final int maxEvaluations;

    /**
     * @param tolerance the largest entry of a gradient at which a function is done
     * @param maxEvaluations the number of evaluations after which the search ends
     */
    LockstepLbfgs(double tolerance, int maxEvaluations) {
        this.tolerance = tolerance;
        this.maxEvaluations = maxEvaluations;
    }

    /** @param start one point for each function; not changed */
    Result minimize(Objective objective, double[][] start, Progress progress) {
        List<Search> searches = begin(objective, start);
        double[][] gradients = new double[start.length][start[0].length];
        int evaluations = 1;
        while (running(searches) > 0 && evaluations < maxEvaluations) {
            double[][] trials = searches.stream().map(Search::trial).toArray(double[][]::new);
            double[] values = objective.evaluate(trials, gradients);
            evaluations++;
            for (int f = 0; f < trials.length; f++) {
                searches.get(f).settle(trials[f], values[f], gradients[f]);
            }
            progress.evaluated(evaluations, values(searches));
        }
        double[][] points = searches.stream().map(search -> search.point).toArray(double[][]::new);
        return new Result(points, values(searches), evaluations, start.length - running(searches));
    }

    private List<Search> begin(Objective objective, double[][] start) {
        double[][] points = Arrays.stream(start).map(double[]::clone).toArray(double[][]::new);
        double[][] gradients = new double[start.length][start[0].length];
        double[] values = objective.evaluate(points, gradients);
        List<Search> searches = new ArrayList<>();
        for (int f = 0; f < points.length; f++) {
            searches.add(new Search(points[f], values[f], gradients[f]));
        }
        return searches;
    }

    private static int running(List<Search> searches) {
        return (int) searches.stream().filter(search -> !search.done).count();
    }

    private static double[] values(List<Search> searches) {
        return searches.stream().mapToDouble(search -> search.value).toArray();
    }

    /** The search of one function. */
    private final class Search {

        /**
         * One accepted step.
         *
         * @param step the change of the point, s
         * @param change the change of the gradient, y
         * @param curvature s·y, above 0
         */
        private record Pair(double[] step, double[] change, double curvature) {}

        private final Deque<Pair> history = new ArrayDeque<>();
        private double[] point;
        private double value;
        private double[] gradient;
        private double[] direction;
        private double slope;
        private double step;
        private boolean done;

        Search(double[] point, double value, double[] gradient) {
            this.point = point;
            this.value = value;
            this.gradient = gradient;
            this.direction = new double[point.length];
            aim();
        }

        /** Returns the point to evaluate next. */
        double[] trial() {
            if (done) {
                return point;
            }
            double[] trial = new double[point.length];
            for (int i = 0; i < trial.length; i++) {
                trial[i] = point[i] + step * direction[i];
            }
            return trial;
        }

        /** Accepts the trial or shortens the step. */
        void settle(double[] trial, double trialValue, double[] trialGradient) {
            if (done) {
                return;
            }
            // Written so that NaN is not accepted.
            if (!(trialValue <= value + ARMIJO * step * slope)) {
                shorten(trialValue);
                return;
            }
            remember(trial, trialGradient);
            point = trial;
            value = trialValue;
            gradient = trialGradient.clone();
            aim();
        }

        /** Takes the minimum of the parabola through value, slope and trial, between a tenth and a half of the step. */
        private void shorten(double trialValue) {
            double parabola = -slope * step * step / (2 * (trialValue - value - slope * step));
            step = Double.isFinite(parabola) ? Math.max(0.1 * step, Math.min(0.5 * step, parabola)) : 0.1 * step;
            if (step < SHORTEST_STEP) {
                giveUpOrRestart();
            }
        }

        /**
         * Called when the function cannot be lowered along the direction. The search restarts from the gradient once; if
         * that does not lower the function either, it is done.
         */
        private void giveUpOrRestart() {
            if (history.isEmpty()) {
                done = true;
            } else {
                history.clear();
                aim();
            }
        }

        private void remember(double[] trial, double[] trialGradient) {
            double[] moved = difference(trial, point);
            double[] change = difference(trialGradient, gradient);
            double curvature = dot(moved, change);
            if (curvature > LEAST_CURVATURE * dot(change, change)) {
                history.addLast(new Pair(moved, change, curvature));
                if (history.size() > HISTORY) {
                    history.removeFirst();
                }
            }
        }

        /** Chooses the next direction and its first step; done when the gradient vanishes. */
        private void aim() {
            if (largestEntry(gradient) <= tolerance) {
                done = true;
                return;
            }
            direction = descent();
            slope = dot(gradient, direction);
            step = history.isEmpty() ? 1 / Math.max(1e-12, Math.sqrt(-slope)) : 1;
            if (!(slope < 0)) {
                giveUpOrRestart();
            }
        }

        /** Returns −H·gradient by the two-loop recursion (algorithm 7.4). */
        private double[] descent() {
            double[] q = gradient.clone();
            double[] shares = new double[history.size()];
            int k = history.size();
            for (var newestFirst = history.descendingIterator(); newestFirst.hasNext(); ) {
                Pair pair = newestFirst.next();
                shares[--k] = dot(pair.step, q) / pair.curvature;
                add(q, -shares[k], pair.change);
            }
            if (!history.isEmpty()) {
                Pair last = history.getLast();
                scale(q, last.curvature / dot(last.change, last.change));
            }
            for (Pair pair : history) {
                add(q, shares[k++] - dot(pair.change, q) / pair.curvature, pair.step);
            }
            scale(q, -1);
            return q;
        }
    }

    private static double largestEntry(double[] values) {
        double largest = 0;
        for (double value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private static double[] difference(double[] a, double[] b) {
        double[] difference = new double[a.length];
        for (int i = 0; i < a.length; i++) {
            difference[i] = a[i] - b[i];
        }
        return difference;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static void add(double[] to, double factor, double[] what) {
        for (int i = 0; i < to.length; i++) {
            to[i] += factor * what[i];
        }
    }

    private static void scale(double[] what, double factor) {
        for (int i = 0; i < what.length; i++) {
            what[i] *= factor;
        }
    }
}
