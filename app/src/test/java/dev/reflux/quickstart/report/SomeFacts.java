package dev.reflux.quickstart.report;

import dev.reflux.datasets.DatasetCatalog;
import dev.reflux.evaluation.SegmentationScore;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.Lineage;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.trainer.checkpoint.TrainerState;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A run of 30 frames that never was. */
final class SomeFacts {

    private SomeFacts() {}

    /** Returns a run with these labels and outcomes, of two steps and of a version for each map of metrics; the first is pulled. */
    @SafeVarargs
    static RunFacts with(RunFacts.Labels labels, TrainerState.Counts counts, Map<String, Double>... metrics) {
        SegmentationScore score = new SegmentationScore(0.5, 0.9, Map.of("road", 0.5), Map.of("day", 0.5), 4);
        return new RunFacts(
                DatasetCatalog.open("synthetic:1,30"),
                30,
                labels,
                counts,
                1,
                "teacher",
                score,
                score,
                score,
                List.of(step(1, labels.all() ? 1 : 0.125), step(2, labels.all() ? 1 : 0)),
                IntStream.range(0, metrics.length)
                        .mapToObj(i -> version(i + 1, metrics[i]))
                        .toList(),
                new RunFacts.Throughput(4, 20, 40, 30_000, 60),
                Map.of(),
                1,
                Path.of("student.pt"),
                new RunFacts.Run("reflux quickstart", "1", Instant.EPOCH, List.of()));
    }

    private static RunFacts.Point step(long step, double labeled) {
        return new RunFacts.Point(step, 4 * step, 0.3, 1, 0.1, 0.1, 0.2, labeled, 0.5, 0.5, 40);
    }

    private static RunFacts.ScoredVersion version(long number, Map<String, Double> metrics) {
        StudentVersion.Blob blob = new StudentVersion.Blob("student/blobs/a", "0".repeat(64), 1);
        StudentVersion version = new StudentVersion(
                "student",
                number,
                Instant.EPOCH,
                "test",
                1,
                Map.of(Artifact.STUDENT, blob),
                new Lineage(number - 1, "teacher", "head", "synthetic-9", Map.of(), 2, 8),
                metrics,
                Map.of());
        return new RunFacts.ScoredVersion(
                version, new SegmentationScore(0.5, 0.9, Map.of(), Map.of(), 4), "promoted: first");
    }
}
