package dev.reflux.trainer.publish;

import dev.reflux.evaluation.SegmentationScore;
import dev.reflux.registry.format.StudentVersion;

/**
 * A version that a trainer has published.
 *
 * @param version the version in the registry
 * @param raw the holdout score of the raw weights
 * @param averaged the holdout score of the averaged weights
 * @param tookAverage whether the averaged weights were published
 */
public record PublishedStudent(
        StudentVersion version, SegmentationScore raw, SegmentationScore averaged, boolean tookAverage) {}
