package dev.reflux.benchmarks.memory;

import dev.reflux.evaluation.plot.LinePlot;
import java.util.List;
import java.util.Locale;

/**
 * What came of {@link MemoryBenchmark}.
 *
 * @param student its name
 * @param steps that were made
 * @param referenceStep at which the memory is taken for settled
 * @param reference MiB resident at that step: the mean of the samples around it
 * @param end MiB resident over the last samples
 * @param growth end over reference, less 1
 * @param allowed growth up to which the memory counts as flat
 * @param samples MiB resident, in the order of their steps
 */
public record MemoryFigures(
        String student,
        int steps,
        int referenceStep,
        double reference,
        double end,
        double growth,
        double allowed,
        List<Sample> samples) {

    /**
     * @param step after which it was taken
     * @param resident MiB
     * @param heap MiB that Java has set aside for its heap, not all of it resident
     */
    public record Sample(int step, double resident, double heap) {}

    /** Whether the memory is flat. */
    public boolean flat() {
        return growth <= allowed;
    }

    /** A sentence for people. */
    public String text() {
        return String.format(
                Locale.ROOT,
                "%s, %d steps: %.0f MiB resident at step %d, %.0f MiB at the end, %+.1f %%: %s (allowed: %.0f %%)%n",
                student,
                steps,
                reference,
                referenceStep,
                end,
                100 * growth,
                flat() ? "flat" : "NOT FLAT",
                100 * allowed);
    }

    /** Resident memory and heap over the steps, as SVG. */
    public String plot() {
        double most = samples.stream().mapToDouble(Sample::resident).max().orElse(1);
        return new LinePlot("step", steps, most)
                .with(new LinePlot.Series(
                        "resident, MiB",
                        "#0f766e",
                        false,
                        samples.stream()
                                .map(one -> new double[] {one.step(), one.resident()})
                                .toList()))
                .with(new LinePlot.Series(
                        "Java heap, MiB",
                        "#b45309",
                        false,
                        samples.stream()
                                .map(one -> new double[] {one.step(), one.heap()})
                                .toList()))
                .file();
    }
}
