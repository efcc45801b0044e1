package dev.reflux.trainer.distillation;

import ai.djl.ndarray.NDArray;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of one batch. The teacher's tensors are on the student's grids. A loss reads a teacher's tensor only if its
 * method says so ({@link DistillationMethod#usesLogits}, {@link DistillationMethod#usesProjected}); otherwise the student's
 * may be in its place.
 *
 * @param student s, float [N,C,h,w]
 * @param teacher t, float [N,C,h,w]
 * @param labels the labels on that grid, uint8 [N,h,w], 255 = ignore
 * @param weights the weights of that grid's pixels in CE and L_kd, float [N,h,w], 0 where the label is 255; null if all
 *     labeled pixels weigh alike
 * @param studentProjected Z_s, float [N,C,h',w']
 * @param teacherProjected Z_t, float [N,C,h',w']
 * @param projectedLabels the labels on that grid, uint8 [N,h',w'], 255 = ignore
 */
public record LossInputs(
        NDArray student,
        NDArray teacher,
        NDArray labels,
        @Nullable NDArray weights,
        NDArray studentProjected,
        NDArray teacherProjected,
        NDArray projectedLabels) {

    /** Creates inputs whose labeled pixels all weigh alike. */
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
