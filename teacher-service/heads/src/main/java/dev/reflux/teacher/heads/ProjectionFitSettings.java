package dev.reflux.teacher.heads;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.label.LabelGrid;
import java.util.List;

/**
 * The settings of a projection fit.
 *
 * @param frames the number of frames to use, spread evenly over the split; all if it has fewer
 * @param labels the way in which labels are brought onto the feature grid
 * @param l2 the weights of the penalty to try, in falling order, above 0. Each search starts at the optimum of the one before,
 *     until the score on held-out cells becomes worse. Without held-out frames the middle weight is used
 * @param maxEvaluations the number of evaluations after which a search ends
 * @param tolerance the largest entry of a gradient at which a class has converged
 * @param memoryBytes the memory for feature vectors in bytes, at least 1 MiB; if it does not suffice, frequent classes are
 *     thinned first
 * @param batchSize the number of frames in one forward of the network
 * @param relu whether the head rectifies its output, as in the paper
 * @param seed the seed of the thinning
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

    /** The defaults of {@code reflux fit-projection}. */
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

    /** Returns these settings with another number of frames. */
    public ProjectionFitSettings withFrames(int value) {
        return new ProjectionFitSettings(
                value, labels, l2, maxEvaluations, tolerance, memoryBytes, batchSize, relu, seed);
    }

    /** Returns these settings with one penalty. */
    public ProjectionFitSettings withL2(double value) {
        return new ProjectionFitSettings(
                frames, labels, List.of(value), maxEvaluations, tolerance, memoryBytes, batchSize, relu, seed);
    }

    /** Returns these settings with another label grid. */
    public ProjectionFitSettings withLabels(LabelGrid value) {
        return new ProjectionFitSettings(
                frames, value, l2, maxEvaluations, tolerance, memoryBytes, batchSize, relu, seed);
    }

    /** Returns these settings with another amount of memory. */
    public ProjectionFitSettings withMemoryBytes(long value) {
        return new ProjectionFitSettings(frames, labels, l2, maxEvaluations, tolerance, value, batchSize, relu, seed);
    }

    /** Returns these settings with another seed. */
    public ProjectionFitSettings withSeed(long value) {
        return new ProjectionFitSettings(
                frames, labels, l2, maxEvaluations, tolerance, memoryBytes, batchSize, relu, value);
    }

    /** Returns these settings with or without the rectifier. */
    public ProjectionFitSettings withRelu(boolean value) {
        return new ProjectionFitSettings(
                frames, labels, l2, maxEvaluations, tolerance, memoryBytes, batchSize, value, seed);
    }
}
