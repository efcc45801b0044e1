package dev.reflux.teacher.heads;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Minimises several independent, smooth, convex functions of equally many variables by L-BFGS (Nocedal and Wright,
 * Numerical Optimization, 2nd ed., algorithm 7.4 and 7.5; backtracking line search by Armijo's rule). One evaluation
 * serves all of them: each has its own direction, step and history, and those that are done keep still.
 *
 * <p>Deterministic. One thread.
 */
final class LockstepLbfgs {

    /** Values and gradients of all functions at given points. */
    @FunctionalInterface
    interface Objective {

        /**
         * @param points one for each function
         * @param gradients to be filled, one for each function
         * @return the functions' values
         */
        double[] evaluate(double[][] points, double[][] gradients);
    }

    /** Hears of each evaluation; false ends the search where it is. */
    @FunctionalInterface
    interface Progress {
        boolean evaluated(int evaluation, double[] values, int running);
    }

    /**
     * @param points where each function was lowest
     * @param values there
     * @param evaluations that it took
     * @param converged functions whose gradient is under the tolerance, or that cannot be lowered in this precision
     */
    record Result(double[][] points, double[] values, int evaluations, int converged) {}

    private static final int HISTORY = 20;
    private static final double ARMIJO = 1e-4;
    private static final double SHORTEST_STEP = 1e-6;

    private final double tolerance;
    private final int maxEvaluations;

    /** @param tolerance a function is done when no entry of its gradient is larger */
    LockstepLbfgs(double tolerance, int maxEvaluations) {
        this.tolerance = tolerance;
        this.maxEvaluations = maxEvaluations;
    }

    Result minimise(Objective objective, double[][] start, Progress progress) {
        int functions = start.length;
        Search[] searches = new Search[functions];
        double[][] points = new double[functions][];
        double[][] gradients = new double[functions][start[0].length];
        for (int f = 0; f < functions; f++) {
            points[f] = start[f].clone();
        }
        double[] values = objective.evaluate(points, gradients);
        for (int f = 0; f < functions; f++) {
            searches[f] = new Search(points[f], values[f], gradients[f].clone());
        }
        int evaluations = 1;
        while (running(searches) > 0 && evaluations < maxEvaluations) {
            for (int f = 0; f < functions; f++) {
                points[f] = searches[f].trial();
            }
            values = objective.evaluate(points, gradients);
            evaluations++;
            for (int f = 0; f < functions; f++) {
                searches[f].settle(points[f], values[f], gradients[f]);
                points[f] = searches[f].point;
                values[f] = searches[f].value;
            }
            if (!progress.evaluated(evaluations, values, running(searches))) {
                break;
            }
        }
        for (int f = 0; f < functions; f++) {
            points[f] = searches[f].point;
            values[f] = searches[f].value;
        }
        return new Result(points, values, evaluations, functions - running(searches));
    }

    private static int running(Search[] searches) {
        int running = 0;
        for (Search search : searches) {
            running += search.done ? 0 : 1;
        }
        return running;
    }

    /** One function's search. */
    private final class Search {

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

        void settle(double[] trial, double trialValue, double[] trialGradient) {
            if (done) {
                return;
            }
            if (!(trialValue <= value + ARMIJO * step * slope)) {
                // The minimum of the parabola through what is known, within reason.
                double parabola = -slope * step * step / (2 * (trialValue - value - slope * step));
                step = Double.isFinite(parabola) ? Math.max(0.1 * step, Math.min(0.5 * step, parabola)) : 0.1 * step;
                if (step < SHORTEST_STEP) {
                    giveUpOrRestart();
                }
                return;
            }
            remember(trial, trialGradient);
            point = trial;
            value = trialValue;
            gradient = trialGradient.clone();
            aim();
        }

        /** No lower along this direction in this precision: once more straight down, then it is as low as it gets. */
        private void giveUpOrRestart() {
            if (history.isEmpty()) {
                done = true;
            } else {
                history.clear();
                aim();
            }
        }

        private void remember(double[] trial, double[] trialGradient) {
            double[] moved = new double[point.length];
            double[] change = new double[point.length];
            double curvature = 0;
            for (int i = 0; i < moved.length; i++) {
                moved[i] = trial[i] - point[i];
                change[i] = trialGradient[i] - gradient[i];
                curvature += moved[i] * change[i];
            }
            if (curvature > 1e-12 * dot(change, change)) {
                history.addLast(new Pair(moved, change, curvature));
                if (history.size() > HISTORY) {
                    history.removeFirst();
                }
            }
        }

        /** The next direction by the two-loop recursion, and its first step. */
        private void aim() {
            double largest = 0;
            for (double g : gradient) {
                largest = Math.max(largest, Math.abs(g));
            }
            if (largest <= tolerance) {
                done = true;
                return;
            }
            double[] q = gradient.clone();
            double[] shares = new double[history.size()];
            int k = history.size();
            for (var it = history.descendingIterator(); it.hasNext(); ) {
                Pair pair = it.next();
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
            direction = q;
            slope = dot(gradient, q);
            step = history.isEmpty() ? 1 / Math.max(1e-12, Math.sqrt(-slope)) : 1;
            if (!(slope < 0)) {
                giveUpOrRestart();
            }
        }
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
