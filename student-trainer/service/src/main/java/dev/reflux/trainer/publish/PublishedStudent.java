package dev.reflux.trainer.publish;

import dev.reflux.evaluation.SegmentationScore;
import dev.reflux.registry.format.StudentVersion;

/**
 * A version that a trainer has published.
 *
 * @param version as it is in the registry
 * @param raw what the weights scored on the holdout set
 * @param averaged what their average scored
 * @param tookAverage which of the two was published
 */
public record PublishedStudent(
        StudentVersion version, SegmentationScore raw, SegmentationScore averaged, boolean tookAverage) {}
