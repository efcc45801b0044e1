package dev.reflux.lab.logits;

import dev.reflux.benchmarks.report.Table;
import dev.reflux.evaluation.plot.LinePlot;
import dev.reflux.lab.learning.SeedSpread;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * The bytes and the errors of every encoding.
 *
 * @param dataset the name of the data set
 * @param protocol the protocol of the stream
 * @param view the input size of teacher and student
 * @param method the learning method
 * @param frames number of frames of the stream; sizes and gradient errors are means over all of them
 * @param tests number of scored frames
 * @param seeds number of runs of each encoding
 * @param rows one row for each encoding
 */
public record LogitsFigures(
        String dataset, String protocol, String view, String method, int frames, int tests, int seeds, List<Row> rows) {

    private static final List<String> COLOURS =
            List.of("#1d4ed8", "#dc2626", "#15803d", "#a16207", "#7c3aed", "#0e7490", "#be185d", "#57534e");

    /**
     * A row for an encoding.
     *
     * @param encoding the name of the encoding
     * @param bytes mean number of bytes of a frame
     * @param untrained gradient errors with the student before its first step
     * @param trained gradient errors with the student after the stream
     * @param scores one score for each seed
     */
    public record Row(
            String encoding,
            LogitsBench.Size bytes,
            GradientErrors.Error untrained,
            GradientErrors.Error trained,
            List<Score> scores) {}

    /** The test score at the end of the stream and the prequential score, 0..1. */
    public record Score(int seed, double miou, double prequential) {}

    public LogitsFigures {
        rows = List.copyOf(rows);
    }

    /** Returns the figures as Markdown. */
    public String text() {
        StringBuilder text = new StringBuilder(dataset + ", protocol " + protocol + ", at " + view + ": " + frames
                + " frames taught, " + tests + " scored; method " + method + "\n\n");
        text.append("Bytes of a frame, and relative error of the gradient, mean over frames (worst frame), %:\n\n")
                .append(losses());
        if (seeds > 0) {
            text.append("\nWhat a student learns, %, mean ± standard deviation over ")
                    .append(seeds)
                    .append(seeds == 1 ? " seed" : " seeds")
                    .append("; differences are taken seed by seed:\n\n")
                    .append(learnt());
        }
        return text.toString();
    }

    private Table losses() {
        Table table = new Table(
                "encoding",
                "tensors",
                "whole sample",
                "L_hakd, trained",
                "L_kd, trained",
                "L_hakd, untrained",
                "L_kd, untrained");
        for (Row row : rows) {
            table.row(
                    row.encoding(),
                    String.format(Locale.ROOT, "%.0f", row.bytes().tensors()),
                    String.format(Locale.ROOT, "%.0f", row.bytes().sample()),
                    error(row.trained().hakd(), row.trained().hakdWorst()),
                    error(row.trained().kd(), row.trained().kdWorst()),
                    error(row.untrained().hakd(), row.untrained().hakdWorst()),
                    error(row.untrained().kd(), row.untrained().kdWorst()));
        }
        return table;
    }

    private static String error(double mean, double worst) {
        return percent(mean) + " (" + percent(worst) + ")";
    }

    private static String percent(double value) {
        double percent = 100 * value;
        return percent == 0 ? "0" : String.format(Locale.ROOT, percent < 0.1 ? "%.3f" : "%.2f", percent);
    }

    private Table learnt() {
        Table table = new Table("encoding", "mIoU", "less fp32", "prequential", "less fp32");
        List<Score> baseline = rows.stream()
                .filter(row -> row.encoding().equals(LogitEncodings.BASELINE))
                .findFirst()
                .orElseThrow()
                .scores();
        for (Row row : rows) {
            boolean itself = row.encoding().equals(LogitEncodings.BASELINE);
            table.row(
                    row.encoding(),
                    over(row.scores(), Score::miou).percent(),
                    itself ? "-" : less(row.scores(), baseline, Score::miou).signedPercent(),
                    over(row.scores(), Score::prequential).percent(),
                    itself
                            ? "-"
                            : less(row.scores(), baseline, Score::prequential).signedPercent());
        }
        return table;
    }

    private static SeedSpread over(List<Score> scores, ToDoubleFunction<Score> figure) {
        return SeedSpread.of(scores.stream().mapToDouble(figure).boxed().toList());
    }

    private static SeedSpread less(List<Score> scores, List<Score> baseline, ToDoubleFunction<Score> figure) {
        List<Double> differences = new ArrayList<>();
        for (int i = 0; i < scores.size(); i++) {
            differences.add(figure.applyAsDouble(scores.get(i)) - figure.applyAsDouble(baseline.get(i)));
        }
        return SeedSpread.of(differences);
    }

    /** Returns a plot of the bytes of both tensors against the error of the gradient of L_hakd. */
    public String plot() {
        double bytes =
                rows.stream().mapToDouble(row -> row.bytes().tensors()).max().orElse(1);
        double error =
                rows.stream().mapToDouble(row -> row.trained().hakd()).max().orElse(0);
        LinePlot plot = new LinePlot("bytes of a frame's tensors; error of L_hakd's gradient, %", bytes, 100 * error);
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            double[] point = {row.bytes().tensors(), 100 * row.trained().hakd()};
            plot.with(new LinePlot.Series(row.encoding(), COLOURS.get(i % COLOURS.size()), true, List.of(point)));
        }
        return plot.file();
    }
}
