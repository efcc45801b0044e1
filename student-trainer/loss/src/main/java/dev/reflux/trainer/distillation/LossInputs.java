package dev.reflux.trainer.distillation;

import ai.djl.ndarray.NDArray;
import org.jspecify.annotations.Nullable;

/**
 * One batch, as a loss looks at it. Teacher's tensors are on the student's grids; those that the method does not use are
 * not looked at.
 *
 * @param student s, float [N,C,h,w]
 * @param teacher t, float [N,C,h,w]
 * @param labels of that grid, uint8 [N,h,w], 255 = ignore
 * @param weights of the pixels of that grid in CE and L_kd, float [N,h,w], 0 where the label is 255; null: all labelled
 *     pixels count alike
 * @param studentProjected Z_s, float [N,C,h',w']
 * @param teacherProjected Z_t, float [N,C,h',w']
 * @param projectedLabels of that grid, uint8 [N,h',w']
 */
public record LossInputs(
        NDArray student,
        NDArray teacher,
        NDArray labels,
        @Nullable NDArray weights,
        NDArray studentProjected,
        NDArray teacherProjected,
        NDArray projectedLabels) {

    /** All labelled pixels count alike. */
    public LossInputs(
            NDArray student,
            NDArray teacher,
            NDArray labels,
            NDArray studentProjected,
            NDArray teacherProjected,
            NDArray projectedLabels) {
        this(student, teacher, labels, null, studentProjected, teacherProjected, projectedLabels);
    }
}
