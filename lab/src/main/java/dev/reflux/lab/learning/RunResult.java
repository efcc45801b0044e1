package dev.reflux.lab.learning;

import dev.reflux.evaluation.SegmentationScore;
import java.util.List;
import java.util.Locale;

/**
 * The result of a run. Scores are 0..1.
 *
 * @param key the identity of the run
 * @param steps number of optimizer steps
 * @param frames number of frames of the stream; offline the number of frames drawn
 * @param trainSeconds seconds of training without scoring
 * @param stepMillis median milliseconds of a step; NaN without steps
 * @param peakMib the process's peak resident memory during the run
 * @param teacherShare mean S_t over the steps with a teacher; NaN without a teacher
 * @param prequential prequential mIoU over the whole stream: each frame is scored before it is trained on
 * @param curve pairs of frames seen and prequential mIoU since the previous point
 * @param legs scores of the test after each leg
 * @param classShares shares of KMM by class at the end of the stream, over some of its frames; empty without KMM
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

    /** Older stored runs have no shares by class. */
    @SuppressWarnings("NullAway") // Jackson hands null over for what a file does not have.
    public RunResult {
        classShares = classShares == null ? List.of() : List.copyOf(classShares);
    }

    /** The limit of a run's cost. */
    public enum Budget {
        STEPS,
        TIME
    }

    /**
     * The identity of a run.
     *
     * @param method the name of the row
     * @param replay whether frames were replayed
     * @param budget equal steps or equal time
     * @param seed the seed of weights, batches and augmentation
     */
    public record Key(String method, boolean replay, Budget budget, int seed) {

        /** Returns a file name that is unique for each run. */
        String file() {
            return String.format(
                    Locale.ROOT,
                    "%s%s%s-%d.json",
                    safe(method),
                    replay ? "" : "-noreplay",
                    budget == Budget.TIME ? "-time" : "",
                    seed);
        }
    }

    /** Returns a name in a form that is valid in a file name. */
    static String safe(String name) {
        return name.replaceAll("[^A-Za-z0-9.+=-]", "_");
    }

    /**
     * The score of the test after a leg.
     *
     * @param score the score of the averaged weights, which the trainer publishes unless its holdout prefers the raw ones
     * @param rawMiou mIoU of the raw weights after the last step, 0..1
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

    /** Returns the score after the last leg. */
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
