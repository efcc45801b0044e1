package dev.reflux.quickstart.report;

import dev.reflux.evaluation.plot.LinePlot;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The plots of the report, as HTML. */
final class ReportPlots {

    private static final String BLUE = "#3b82f6";
    private static final String ORANGE = "#f97316";
    private static final String GREEN = "#10b981";
    private static final String PURPLE = "#a855f7";
    private static final String GRAY = "#a8a29e";
    private static final int X_TICKS = 5;

    private ReportPlots() {}

    /** Returns the mIoU of students and teacher over the frames trained. */
    static String miou(RunFacts facts) {
        double frames = lastFrame(facts);
        List<double[]> test = new ArrayList<>();
        List<double[]> holdout = new ArrayList<>();
        test.add(new double[] {0, 100 * facts.before().miou()});
        for (RunFacts.ScoredVersion scored : facts.versions()) {
            double at = scored.version().lineage().framesTrained();
            test.add(new double[] {at, 100 * scored.test().miou()});
            holdout.add(new double[] {
                at, 100 * HoldoutFigure.of(scored.version().metrics()).miou()
            });
        }
        double teacher = 100 * facts.teacher().miou();
        return new LinePlot("frames trained", axisEnd(frames), Math.max(teacher, 10))
                .with(new LinePlot.Series(
                        "prequential (test-then-train)",
                        BLUE,
                        false,
                        course(facts, point -> 100 * point.prequential())))
                .with(new LinePlot.Series("published versions on the test split", ORANGE, true, test))
                .with(new LinePlot.Series("published versions on held-out frames", GREEN, true, holdout))
                .with(new LinePlot.Series(
                        "teacher", GRAY, false, List.of(new double[] {0, teacher}, new double[] {frames, teacher})))
                .html();
    }

    /** Returns the terms of the loss over the frames trained. */
    static String losses(RunFacts facts) {
        double most = facts.course().stream()
                .mapToDouble(point -> Math.max(point.ce(), point.bce()))
                .max()
                .orElse(1);
        return new LinePlot("frames trained", axisEnd(lastFrame(facts)), Math.min(most, 4))
                .narrow()
                .with(new LinePlot.Series("CE", BLUE, false, course(facts, RunFacts.Point::ce)))
                .with(new LinePlot.Series(
                        "KL to the teacher's logits", ORANGE, false, course(facts, point -> orNaN(point.kd()))))
                .with(new LinePlot.Series("HeteroAKD", PURPLE, false, course(facts, point -> orNaN(point.hakd()))))
                .with(new LinePlot.Series("projection head BCE", GREEN, false, course(facts, RunFacts.Point::bce)))
                .html();
    }

    /** Returns the weights of KMM and KEM over the frames trained. */
    static String weights(RunFacts facts) {
        return new LinePlot("frames trained", axisEnd(lastFrame(facts)), 1)
                .narrow()
                .with(new LinePlot.Series(
                        "KMM: teacher's share of the hybrid", ORANGE, false, course(facts, RunFacts.Point::share)))
                .with(new LinePlot.Series(
                        "KEM: largest weight of a class map", PURPLE, false, course(facts, RunFacts.Point::weight)))
                .html();
    }

    /** Returns the part of the teaching pixels that labels taught, in percent, over the steps. */
    static String taught(RunFacts facts) {
        List<double[]> parts = facts.course().stream()
                .map(point -> new double[] {point.step(), 100 * point.labeled()})
                .toList();
        double last = parts.isEmpty() ? 1 : parts.get(parts.size() - 1)[0];
        return new LinePlot("steps", axisEnd(last), 100)
                .narrow()
                .with(new LinePlot.Series("pixels of a step that labels taught, in %", BLUE, false, parts))
                .html();
    }

    /** Returns NaN for 0: during the warm-up the term is not computed. */
    private static double orNaN(double value) {
        return value == 0 ? Double.NaN : value;
    }

    private static List<double[]> course(RunFacts facts, ToDoubleFunction<RunFacts.Point> value) {
        return facts.course().stream()
                .map(point -> new double[] {point.frames(), value.applyAsDouble(point)})
                .toList();
    }

    /** Returns the end of the axis: the last version has frames that were trained after the last point of the course. */
    private static long lastFrame(RunFacts facts) {
        long stepped =
                facts.course().stream().mapToLong(RunFacts.Point::frames).max().orElse(1);
        return facts.versions().stream()
                .mapToLong(scored -> scored.version().lineage().framesTrained())
                .reduce(stepped, Math::max);
    }

    /** Returns the end of an axis whose five ticks are whole and round. */
    private static double axisEnd(double most) {
        double tick = Math.ceil(most / X_TICKS);
        double round = tick <= 10 ? 1 : tick <= 50 ? 5 : Math.pow(10, Math.floor(Math.log10(tick)));
        return X_TICKS * round * Math.ceil(tick / round);
    }
}
