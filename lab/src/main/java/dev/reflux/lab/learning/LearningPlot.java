package dev.reflux.lab.learning;

import dev.reflux.evaluation.plot.LinePlot;
import java.util.ArrayList;
import java.util.List;

/** Plots curves over the frames of a stream, each the mean over seeds. */
final class LearningPlot {

    private static final List<String> COLOURS = List.of(
            "#1d4ed8", "#dc2626", "#15803d", "#a16207", "#7c3aed", "#0e7490", "#be185d", "#57534e", "#65a30d",
            "#ea580c");

    private final StreamPlan plan;

    LearningPlot(StreamPlan plan) {
        this.plan = plan;
    }

    /** Returns a plot of the prequential mIoU over the stream. */
    String prequential(List<LearningRow> rows) {
        List<LearningRow> curved = rows.stream()
                .filter(row -> !row.runs().get(0).curve().isEmpty())
                .toList();
        double highest = curved.stream()
                .flatMap(row -> row.runs().stream())
                .flatMap(run -> run.curve().stream())
                .mapToDouble(point -> point[1])
                .max()
                .orElse(0);
        LinePlot plot = new LinePlot("frames seen; mIoU before training on them, %", plan.frames(), 100 * highest);
        for (LearningRow row : curved) {
            plot.with(series(rows, row, false, means(row.runs())));
        }
        return plot.file();
    }

    private static List<double[]> means(List<RunResult> runs) {
        List<double[]> points = new ArrayList<>();
        for (int i = 0; i < runs.get(0).curve().size(); i++) {
            int at = i;
            double x = runs.get(0).curve().get(i)[0];
            points.add(new double[] {
                x,
                100
                        * SeedSpread.of(runs.stream()
                                        .map(run -> run.curve().get(at)[1])
                                        .toList())
                                .mean()
            });
        }
        return points;
    }

    /** Returns a plot of the test mIoU after each leg, with the teacher's. */
    String test(List<LearningRow> rows, double teacher) {
        LinePlot plot =
                new LinePlot("frames seen; test mIoU, %", plan.frames(), 100 * Math.max(teacher, highest(rows)));
        plot.with(
                new LinePlot.Series("teacher", "#000000", false, List.of(new double[] {0, 100 * teacher}, new double[] {
                    plan.frames(), 100 * teacher
                })));
        for (LearningRow row : rows) {
            List<double[]> points = new ArrayList<>();
            long seen = 0;
            for (int leg = 0; leg < row.runs().get(0).legs().size(); leg++) {
                int at = leg;
                boolean offline = row.runs().get(0).legs().size() != plan.legs().size();
                seen = offline
                        ? plan.frames()
                        : seen + plan.legs().get(leg).frames().size();
                points.add(new double[] {
                    seen,
                    100 * row.over(run -> run.legs().get(at).score().miou()).mean()
                });
            }
            plot.with(series(rows, row, true, points));
        }
        return plot.file();
    }

    private static double highest(List<LearningRow> rows) {
        return rows.stream()
                .flatMap(row -> row.runs().stream())
                .flatMap(run -> run.legs().stream())
                .mapToDouble(leg -> leg.score().miou())
                .max()
                .orElse(0);
    }

    /** A method has the same colour in every plot: that of its row. */
    private static LinePlot.Series series(
            List<LearningRow> rows, LearningRow row, boolean dots, List<double[]> points) {
        return new LinePlot.Series(row.method(), COLOURS.get(rows.indexOf(row) % COLOURS.size()), dots, points);
    }
}
