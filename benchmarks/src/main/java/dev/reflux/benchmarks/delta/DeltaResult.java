package dev.reflux.benchmarks.delta;

import dev.reflux.benchmarks.report.Machine;
import java.util.List;

/**
 * The figures of the delta benchmark.
 *
 * @param machine the machine of the measurement
 * @param model the model line
 * @param versions the number of versions
 * @param studentBytes length of the last version's student.pt
 * @param exact codings that restore the same bits, one row each
 * @param lossy codings that give approximate students, one row each
 * @param chainSteps number of deltas in the chain that restored the last version from the first, bit for bit
 */
public record DeltaResult(
        Machine machine,
        String model,
        int versions,
        long studentBytes,
        List<Exact> exact,
        List<Lossy> lossy,
        int chainSteps) {

    /**
     * Means over all steps from a version to the next.
     *
     * @param bytes number of bytes sent
     * @param encodeMillis median time of coding, in milliseconds
     * @param applyMillis median time of applying, in milliseconds
     */
    public record Exact(String way, double bytes, double encodeMillis, double applyMillis) {}

    /**
     * A lossy line: each student is made from the lossy student before it and from the trained version.
     *
     * @param bytes mean number of bytes sent for a step
     * @param mostBytes largest number of bytes sent for a step
     * @param encodeMillis median time of coding, in milliseconds
     * @param applyMillis median time of applying, in milliseconds
     * @param miouLoss mean over all steps of the trained score minus the lossy score, in points of mIoU
     * @param mostMiouLoss the largest such difference of a step
     * @param lastMiouLoss the difference of the last version
     * @param steps the steps from each version to the next
     */
    public record Lossy(
            String way,
            double bytes,
            long mostBytes,
            double encodeMillis,
            double applyMillis,
            double miouLoss,
            double mostMiouLoss,
            double lastMiouLoss,
            List<Step> steps) {}

    /**
     * The step from one version to the next.
     *
     * @param bytes number of bytes sent
     * @param trained score of the trained version, in points of mIoU
     * @param lossy score of the lossy student that vehicles receive instead, in points of mIoU
     */
    public record Step(long bytes, double trained, double lossy) {

        /** Returns the loss in points of mIoU; negative where the lossy student is better. */
        public double lost() {
            return trained - lossy;
        }
    }
}
