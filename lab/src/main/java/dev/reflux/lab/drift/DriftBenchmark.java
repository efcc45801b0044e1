package dev.reflux.lab.drift;

import dev.reflux.benchmarks.report.Table;
import dev.reflux.evaluation.drift.Adwin;
import dev.reflux.evaluation.drift.DriftDetector;
import dev.reflux.evaluation.drift.PageHinkley;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/** Measures delay and false alarms of detectors on streams with a known change point. */
public final class DriftBenchmark {

    /** The compared detectors; the last one is the trainer's default. */
    private static final Map<String, Supplier<DriftDetector>> DETECTORS = detectors();

    private final int streams;

    /** @param streams number of streams of each kind; their seeds are 1 to this number */
    public DriftBenchmark(int streams) {
        this.streams = streams;
    }

    private static Map<String, Supplier<DriftDetector>> detectors() {
        Map<String, Supplier<DriftDetector>> all = new LinkedHashMap<>();
        all.put("ADWIN δ=0.002, from 5", () -> new Adwin(0.002, 5));
        all.put("ADWIN δ=0.05, from 5", () -> new Adwin(0.05, 5));
        all.put("Page-Hinkley δ=0.05, λ=1, from 12", () -> new PageHinkley(0.05, 1, 12));
        all.put("Page-Hinkley δ=0.05, λ=3, from 12", () -> new PageHinkley(0.05, 3, 12));
        return all;
    }

    /** @param progress receives the number of rows done */
    public List<DriftFigures> run(IntConsumer progress) {
        List<DriftFigures> all = new ArrayList<>();
        for (DriftScenario scenario : DriftScenario.values()) {
            DETECTORS.forEach((name, made) -> {
                all.add(figures(scenario, name, made));
                progress.accept(all.size());
            });
        }
        return all;
    }

    /** Returns the number of rows of a run. */
    public static int rows() {
        return DriftScenario.values().length * DETECTORS.size();
    }

    private DriftFigures figures(DriftScenario scenario, String name, Supplier<DriftDetector> made) {
        List<Integer> delays = new ArrayList<>();
        long falseAlarms = 0;
        int quiet = scenario.changes() ? DriftScenario.CHANGE : DriftScenario.LENGTH;
        for (int seed = 1; seed <= streams; seed++) {
            DriftDetector detector = made.get();
            double[] figures = scenario.stream(seed);
            int first = -1;
            for (int at = 0; at < figures.length; at++) {
                boolean alarm = detector.add(figures[at]);
                falseAlarms += alarm && at < quiet ? 1 : 0;
                first = alarm && at >= quiet && first < 0 ? at - quiet : first;
            }
            if (first >= 0) {
                delays.add(first);
            }
        }
        delays.sort(null);
        return new DriftFigures(
                scenario.label(),
                name,
                streams,
                scenario.changes() ? (double) delays.size() / streams : Double.NaN,
                delays.isEmpty() ? Double.NaN : delays.get(delays.size() / 2),
                delays.isEmpty() ? Double.NaN : delays.get(delays.size() - 1),
                1000.0 * falseAlarms / ((long) streams * quiet));
    }

    /** Returns the figures as a table. */
    public static String table(List<DriftFigures> figures) {
        Table table = new Table("stream", "detector", "found", "median delay", "worst delay", "false alarms / 1000");
        for (DriftFigures row : figures) {
            table.row(
                    row.scenario(),
                    row.detector(),
                    cell(100 * row.detected(), "%.0f %%"),
                    cell(row.medianDelay(), "%.0f"),
                    cell(row.worstDelay(), "%.0f"),
                    cell(row.falsePerThousand(), "%.2f"));
        }
        return table.toString();
    }

    private static String cell(double value, String format) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
    }
}
