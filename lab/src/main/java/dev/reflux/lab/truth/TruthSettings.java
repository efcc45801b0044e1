package dev.reflux.lab.truth;

import dev.reflux.common.failure.UsageException;
import dev.reflux.lab.learning.LearningSettings;

/**
 * The settings of the truth benchmark.
 *
 * @param learning stream, teacher, student and the method, which has a projection head
 * @param seeds number of students
 */
public record TruthSettings(LearningSettings learning, int seeds) {

    public TruthSettings {
        if (seeds < 1) {
            throw new UsageException("--seeds is " + seeds + "; give 1 or more.");
        }
        var method = learning.methods().get(0);
        if (!method.loss().usesProjected()) {
            throw new UsageException("The method " + method.name()
                    + " has no hybrid of teacher and student; give --method hakd, or one that begins so.");
        }
    }
}
