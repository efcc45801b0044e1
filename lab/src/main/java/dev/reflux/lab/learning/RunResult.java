package dev.reflux.lab.learning;

import dev.reflux.evaluation.SegmentationScore;
import java.util.List;

/**
 * What one run came to. Scores are 0..1.
 *
 * @param key which run it was
 * @param steps optimizer steps
 * @param frames of the stream, each offered once (offline: how many are drawn)
 * @param trainSeconds without scoring
 * @param stepMillis median of a step; NaN without any
 * @param peakMib the process's peak resident memory during the run
 * @param teacherShare mean S_t over the steps with a teacher; NaN where there is none
 * @param prequential mIoU of every frame from before it was trained on, over the whole stream
 * @param curve frames seen and prequential mIoU over the frames since the point before
 * @param legs scores on the test after each leg
 * @param classShares what KMM makes of the student at the end of the stream, over some of its frames; empty where there is no
 *     KMM
 */
public record RunResult(
        Key key,
        long steps,
        long frames,
        double trainSeconds,
        double stepMillis,
        double peakMib,
        double teacherShare,
        double prequential,
        List<double[]> curve,
        List<LegScore> legs,
        List<ClassShare> classShares) {

    /** Runs that were stored before there were shares by class have none. */
    @SuppressWarnings("NullAway") // Jackson hands null over for what a file does not have.
    public RunResult {
        classShares = classShares == null ? List.of() : List.copyOf(classShares);
    }

    /** What a run's cost is held to. */
    public enum Budget {
        STEPS,
        TIME
    }

    /**
     * Which run.
     *
     * @param method the row's name
     * @param replay whether frames were seen again
     * @param budget same steps, or same time
     * @param seed of weights, batches and augmentation
     */
    public record Key(String method, boolean replay, Budget budget, int seed) {

        /** A file name, one for each run. */
        String file() {
            return "%s%s%s-%d.json"
                    .formatted(safe(method), replay ? "" : "-noreplay", budget == Budget.TIME ? "-time" : "", seed);
        }
    }

    /** A name as a part of a file's. */
    static String safe(String name) {
        return name.replaceAll("[^A-Za-z0-9.+=-]", "_");
    }

    /**
     * The test's score after a leg.
     *
     * @param score of the averaged weights, which is what the trainer publishes unless its holdout prefers the raw ones
     * @param rawMiou of the weights as the last step left them, 0..1
     */
    public record LegScore(String leg, String domain, SegmentationScore score, double rawMiou) {}

    /**
     * The teacher's mean share S_t of a class.
     *
     * @param name of the class
     * @param everywhere over all labelled cells
     * @param there over the cells of that class; NaN where it is absent
     */
    public record ClassShare(String name, double everywhere, double there) {}

    /** The score after the last leg. */
    public SegmentationScore last() {
        return legs.get(legs.size() - 1).score();
    }

    double rawMiou() {
        return legs.get(legs.size() - 1).rawMiou();
    }

    double framesPerSecond() {
        return frames / trainSeconds;
    }
}
