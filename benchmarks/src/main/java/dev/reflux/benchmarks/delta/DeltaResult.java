package dev.reflux.benchmarks.delta;

import dev.reflux.benchmarks.report.Machine;
import java.util.List;

/**
 * What was measured.
 *
 * @param machine it was measured on
 * @param model the model line
 * @param versions how many there were
 * @param studentBytes length of the last version's student.pt
 * @param exact ways that give the same bits, a row each
 * @param lossy ways that give other students, a row each
 * @param chainSteps deltas by which the last version was made of the first, bit for bit
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
     * @param bytes that travel
     * @param encodeMillis median
     * @param applyMillis median
     */
    public record Exact(String way, double bytes, double encodeMillis, double applyMillis) {}

    /**
     * A lossy line: each of its students is made of the one before it and of the version that was trained.
     *
     * @param bytes that travel, mean over all steps
     * @param mostBytes of any step
     * @param encodeMillis median
     * @param applyMillis median
     * @param miouLoss mean of trained less lossy over all steps, in points
     * @param mostMiouLoss the same for the step that lost most
     * @param lastMiouLoss the same for the last version alone
     * @param steps from each version to the next
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
     * From a version to the next.
     *
     * @param bytes that travel
     * @param trained score of the version that was trained, in points
     * @param lossy score of the student that vehicles get instead, in points
     */
    public record Step(long bytes, double trained, double lossy) {

        /** Points; negative where the lossy student is the better one. */
        public double lost() {
            return trained - lossy;
        }
    }
}
