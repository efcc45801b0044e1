package dev.reflux.teacher.heads;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.label.LabelGrid;
import java.util.List;

/**
 * How a projection head is fitted.
 *
 * @param frames frames to look at, spread evenly over the split; fewer if it has fewer
 * @param labels how labels are brought onto the feature grid
 * @param l2 weights of the penalty on the (standardised) weights to try, falling, above 0: from the first on, each from
 *     where the one before it ended, until held-out frames are met worse. With no frames held out, the middle one is taken
 * @param maxEvaluations after which the search ends where it is
 * @param tolerance largest entry of a gradient at which a class is done
 * @param memoryBytes for feature vectors; when more cells are there, frequent classes are thinned first
 * @param batchSize frames in one call of the network
 * @param relu whether the head rectifies its output, as the paper prints it
 * @param seed of the thinning
 */
public record ProjectionFitSettings(
        int frames,
        LabelGrid labels,
        List<Double> l2,
        int maxEvaluations,
        double tolerance,
        long memoryBytes,
        int batchSize,
        boolean relu,
        long seed) {

    /** What {@code reflux fit-projection} does when nothing is said. */
    public static final ProjectionFitSettings DEFAULT = new ProjectionFitSettings(
            120,
            LabelGrid.NEAREST,
            List.of(1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5),
            300,
            1e-5,
            256L << 20,
            4,
            false,
            1);

    public ProjectionFitSettings {
        require(frames >= 1, "frames", "at least 1");
        l2 = List.copyOf(l2);
        require(!l2.isEmpty() && l2.stream().allMatch(value -> value > 0), "l2", "above 0");
        require(maxEvaluations >= 1, "max-evaluations", "at least 1");
        require(tolerance > 0, "tolerance", "above 0");
        require(memoryBytes >= 1 << 20, "memory", "at least 1 MiB");
        require(batchSize >= 1, "batch-size", "at least 1");
    }

    private static void require(boolean holds, String name, String range) {
        if (!holds) {
            throw new UsageException("The projection fit's " + name + " must be " + range + ".");
        }
    }

    public ProjectionFitSettings withFrames(int value) {
        return new ProjectionFitSettings(
                value, labels, l2, maxEvaluations, tolerance, memoryBytes, batchSize, relu, seed);
    }

    /** With one penalty and no choice. */
    public ProjectionFitSettings withL2(double value) {
        return new ProjectionFitSettings(
                frames, labels, List.of(value), maxEvaluations, tolerance, memoryBytes, batchSize, relu, seed);
    }

    public ProjectionFitSettings withLabels(LabelGrid value) {
        return new ProjectionFitSettings(
                frames, value, l2, maxEvaluations, tolerance, memoryBytes, batchSize, relu, seed);
    }

    public ProjectionFitSettings withMemoryBytes(long value) {
        return new ProjectionFitSettings(frames, labels, l2, maxEvaluations, tolerance, value, batchSize, relu, seed);
    }

    public ProjectionFitSettings withSeed(long value) {
        return new ProjectionFitSettings(
                frames, labels, l2, maxEvaluations, tolerance, memoryBytes, batchSize, relu, value);
    }

    public ProjectionFitSettings withRelu(boolean value) {
        return new ProjectionFitSettings(
                frames, labels, l2, maxEvaluations, tolerance, memoryBytes, batchSize, value, seed);
    }
}
