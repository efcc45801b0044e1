package dev.reflux.quickstart.report;

import dev.reflux.datasets.Dataset;
import dev.reflux.evaluation.SegmentationScore;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.trainer.checkpoint.TrainerState;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What came of a run. Scores are 0..1 here and in percent in the report.
 *
 * @param dataset what was streamed
 * @param offered frames of the stream
 * @param labels when the frames had their labels
 * @param counts what became of the samples
 * @param deadLettered different records in the dead-letter topic
 * @param teacherId the teacher's name
 * @param teacher its score on the test split
 * @param before the untrained student's
 * @param after the pulled student's
 * @param course step by step
 * @param versions every published one
 * @param throughput how fast
 * @param config settings that are not secret
 * @param pulledVersion the version that was pulled
 * @param pulledModel the pulled TorchScript file
 * @param run how and when it was made
 */
public record RunFacts(
        Dataset dataset,
        long offered,
        Labels labels,
        TrainerState.Counts counts,
        long deadLettered,
        String teacherId,
        SegmentationScore teacher,
        SegmentationScore before,
        SegmentationScore after,
        List<Point> course,
        List<ScoredVersion> versions,
        Throughput throughput,
        Map<String, String> config,
        long pulledVersion,
        Path pulledModel,
        Run run) {

    /**
     * The number of frames by when they had their label.
     *
     * @param atOnce with the frame
     * @param later in a second message
     * @param never not at all
     */
    public record Labels(long atOnce, long later, long never) {

        /** Returns whether every frame came with its label. */
        public boolean all() {
            return later == 0 && never == 0;
        }
    }

    /**
     * One optimizer step; NaN where a figure does not exist.
     *
     * @param prequential mIoU, 0..1
     * @param labeled the part of the teaching pixels that have a label, 0..1
     * @param share of the teacher in KMM's hybrid
     * @param weight the largest that KEM gave to a class map
     * @param millis that the step took
     */
    public record Point(
            long step,
            long frames,
            double prequential,
            double ce,
            double kd,
            double hakd,
            double bce,
            double labeled,
            double share,
            double weight,
            double millis) {}

    /**
     * How and when the report was made.
     *
     * @param command the command line, which repeats the run when it is typed again
     * @param version Reflux' version
     * @param finished the end of the run
     * @param next commands that look at what the run left
     */
    public record Run(String command, String version, Instant finished, List<String> next) {}

    /**
     * A version, its score on the test split, and what the promotion gate said of it.
     *
     * @param gate every decision and its reason, for people
     */
    public record ScoredVersion(StudentVersion version, SegmentationScore test, String gate) {}

    /**
     * How fast it went.
     *
     * @param framesPerSecond trained, from the first push to the last version
     * @param teacherMs work of all teacher stages a frame
     * @param trainMs an optimizer step
     * @param wireBytesPerFrame of a sample
     * @param totalSeconds of the whole run
     */
    public record Throughput(
            double framesPerSecond, double teacherMs, double trainMs, double wireBytesPerFrame, double totalSeconds) {}

    /** Returns what labels and teacher taught: the mean over the steps. */
    public TaughtPixels taught() {
        return new TaughtPixels(course.stream()
                .mapToDouble(Point::labeled)
                .filter(Double::isFinite)
                .average()
                .orElse(Double.NaN));
    }

    /** Returns a sentence if the pulled version is not the newest one; empty if it is. */
    public Optional<String> olderThanNewest() {
        return versions.stream()
                .max(Comparator.comparingLong(scored -> scored.version().version()))
                .filter(newest -> newest.version().version() != pulledVersion)
                .map(newest -> String.format(
                        Locale.ROOT,
                        "The promotion gate holds vehicles at version %d; the newest, version %d, has a test mIoU of %.1f.",
                        pulledVersion,
                        newest.version().version(),
                        100 * newest.test().miou()));
    }

    /** Returns whether every frame and every late label is accounted for, once. */
    public boolean complete() {
        return offered + labels.later() == counts.trained() + counts.heldOut() + counts.labels() + deadLettered
                && counts.duplicates() == 0;
    }
}
