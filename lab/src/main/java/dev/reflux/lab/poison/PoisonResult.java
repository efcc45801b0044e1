package dev.reflux.lab.poison;

import java.util.List;

/**
 * A student's way through a stream.
 *
 * @param poison what was wrong with the stream
 * @param guarded whether the guard judged the samples
 * @param seed the seed of weights, batches and augmentation
 * @param curve points of frames seen and test mIoU, 0..1
 * @param miou the test mIoU at the end, 0..1
 * @param gate what the promotion gate says of the student at the end, against the student before the poison on the same frames
 * @param passes whether the gate lets it pass
 * @param trained the number of frames trained
 * @param setAside the number of frames set aside
 * @param skippedSteps the number of steps skipped
 * @param said what the guard said
 * @param stepMillis the mean time of a step
 * @param guardMillis the mean time of the guard for each step
 * @param weights the SHA-256 of the weights at the end
 */
public record PoisonResult(
        Poison poison,
        boolean guarded,
        int seed,
        List<double[]> curve,
        double miou,
        String gate,
        boolean passes,
        long trained,
        long setAside,
        long skippedSteps,
        List<String> said,
        double stepMillis,
        double guardMillis,
        String weights) {}
