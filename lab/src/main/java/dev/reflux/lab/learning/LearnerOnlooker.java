package dev.reflux.lab.learning;

import dev.reflux.trainer.update.StudentLearner;

/** Observes the learner of a run. It may run the student forward, and must neither train nor close the learner. */
public interface LearnerOnlooker {

    /** Called before the first step. */
    default void starts(StudentLearner learner) {}

    /** Called after the last step and the last score. */
    default void ends(StudentLearner learner) {}
}
