package dev.reflux.lab.learning;

import dev.reflux.trainer.update.StudentLearner;

/** Looks at a run's learner, and may run it forward; neither trains nor closes it. */
public interface LearnerOnlooker {

    /** Before the first step. */
    default void starts(StudentLearner learner) {}

    /** After the last step and the last score. */
    default void ends(StudentLearner learner) {}
}
