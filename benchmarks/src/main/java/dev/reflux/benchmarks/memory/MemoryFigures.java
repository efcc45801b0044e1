package dev.reflux.benchmarks.memory;

import dev.reflux.evaluation.plot.LinePlot;
import java.util.List;
import java.util.Locale;

/**
 * The figures of {@link MemoryBenchmark}.
 *
 * @param student the name of the student
 * @param steps the number of steps
 * @param referenceStep the step from which memory is expected to be stable
 * @param reference resident MiB at that step, as the mean of the samples around it
 * @param end resident MiB, as the mean of the last samples
 * @param growth end / reference − 1
 * @param allowed the largest growth that counts as flat
 * @param samples the samples in the order of their steps
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
     * @param step the step after which the sample was taken
     * @param resident resident set in MiB
     * @param heap committed Java heap in MiB, not all of it resident
     */
    public record Sample(int step, double resident, double heap) {}

    /** Returns whether the memory is flat. */
    public boolean flat() {
        return growth <= allowed;
    }

    /** Returns the result as a sentence. */
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

    /** Returns resident memory and heap over the steps as an SVG plot. */
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
