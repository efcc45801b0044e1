package dev.reflux.trainer.publish;

import dev.reflux.registry.format.StudentVersion;
import dev.reflux.trainer.update.HoldoutScore;

/**
 * A version that a trainer has published.
 *
 * @param version the version in the registry
 * @param raw the holdout score of the raw weights
 * @param averaged the holdout score of the averaged weights
 * @param tookAverage whether the averaged weights were published
 */
public record PublishedStudent(StudentVersion version, HoldoutScore raw, HoldoutScore averaged, boolean tookAverage) {

    /** Returns the score of the published weights. */
    public HoldoutScore taken() {
        return tookAverage ? averaged : raw;
    }
}
