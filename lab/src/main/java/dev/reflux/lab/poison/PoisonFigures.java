package dev.reflux.lab.poison;

import dev.reflux.evaluation.plot.LinePlot;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the benchmark measured.
 *
 * @param dataset the data set
 * @param view the size at which the student looks
 * @param method the method by which the students learn
 * @param frames the number of frames of the stream
 * @param from the part of the stream that is clean
 * @param tests the number of scored frames
 * @param seeds the number of students of each kind
 * @param results all runs
 */
public record PoisonFigures(
        String dataset,
        String view,
        String method,
        int frames,
        double from,
        int tests,
        int seeds,
        List<PoisonResult> results) {

    private static final List<String> COLORS = List.of(
            "#1d4ed8", "#dc2626", "#15803d", "#a16207", "#7c3aed", "#0e7490", "#be185d", "#57534e", "#65a30d",
            "#ea580c", "#0f766e", "#9333ea", "#475569", "#b91c1c");

    public PoisonFigures {
        results = List.copyOf(results);
    }

    List<PoisonResult> of(Poison poison, boolean guarded) {
        return results.stream()
                .filter(one -> one.poison() == poison && one.guarded() == guarded)
                .toList();
    }

    /** Returns the mean test mIoU at the end, 0..1. */
    public double miou(Poison poison, boolean guarded) {
        return of(poison, guarded).stream()
                .mapToDouble(PoisonResult::miou)
                .average()
                .orElse(Double.NaN);
    }

    private List<Poison> poisons() {
        return results.stream().map(PoisonResult::poison).distinct().toList();
    }

    /** Returns the table for people. */
    public String text() {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%s at %s, %s: %d frames, poisoned from frame %d; test mIoU of %d frames, mean of %d seeds%n%n",
                dataset,
                view,
                method,
                frames,
                Math.round(from * frames),
                tests,
                seeds));
        text.append("| poison | without guard | gate | with guard | gate | set aside | skipped steps |\n");
        text.append("|---|--:|---|--:|---|--:|--:|\n");
        for (Poison poison : poisons()) {
            List<PoisonResult> with = of(poison, true);
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %.1f | %s | %.1f | %s | %.0f | %.0f |%n",
                    poison.harm(),
                    100 * miou(poison, false),
                    gate(of(poison, false)),
                    100 * miou(poison, true),
                    gate(with),
                    with.stream().mapToLong(PoisonResult::setAside).average().orElse(0),
                    with.stream()
                            .mapToLong(PoisonResult::skippedSteps)
                            .average()
                            .orElse(0)));
        }
        PoisonResult clean = of(Poison.NONE, true).get(0);
        text.append(String.format(
                Locale.ROOT,
                "%nOn the clean stream: weights with and without the guard %s; the guard takes %.3f ms for each step of %.1f ms (%.2f %%).%n",
                clean.weights().equals(of(Poison.NONE, false).get(0).weights()) ? "equal bit by bit" : "differ",
                clean.guardMillis(),
                clean.stepMillis(),
                100 * clean.guardMillis() / clean.stepMillis()));
        return text.toString();
    }

    private static String gate(List<PoisonResult> results) {
        long passed = results.stream().filter(PoisonResult::passes).count();
        return passed == results.size()
                ? "passes"
                : passed == 0 ? "refuses" : "passes " + passed + " of " + results.size();
    }

    /** Returns the curves of test mIoU with or without the guard, as SVG. */
    public String plot(boolean guarded) {
        double highest = results.stream()
                .flatMap(one -> one.curve().stream())
                .mapToDouble(point -> point[1])
                .max()
                .orElse(1);
        LinePlot plot = new LinePlot(
                "frames seen; test mIoU, %, " + (guarded ? "with" : "without") + " the guard", frames, 100 * highest);
        List<Poison> poisons = poisons();
        for (Poison poison : poisons) {
            plot.with(new LinePlot.Series(
                    poison.word(),
                    COLORS.get(poisons.indexOf(poison) % COLORS.size()),
                    false,
                    curve(of(poison, guarded))));
        }
        return plot.file();
    }

    private static List<double[]> curve(List<PoisonResult> runs) {
        List<double[]> points = new ArrayList<>();
        for (int i = 0; i < runs.get(0).curve().size(); i++) {
            int at = i;
            points.add(new double[] {
                runs.get(0).curve().get(i)[0],
                100
                        * runs.stream()
                                .mapToDouble(run -> run.curve().get(at)[1])
                                .average()
                                .orElse(Double.NaN)
            });
        }
        return points;
    }
}
