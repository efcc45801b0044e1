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
 * @param labels y on that grid, uint8 [N,h,w]: the label, or the teacher's most likely class where there is no label and the
 *     teacher teaches alone; 255 where nothing teaches
 * @param weights the weights of that grid's pixels; null if all pixels with a y weigh alike
 * @param studentProjected Z_s, float [N,C,h',w']
 * @param teacherProjected Z_t, float [N,C,h',w']
 * @param projectedLabels y on that grid, uint8 [N,h',w'], as above
 * @param projectedWeights the weights of that grid's cells in L_hakd and BCE, float [N,h',w'], 0 where y is 255; null if all
 *     cells with a y weigh alike
 */
public record LossInputs(
        NDArray student,
        NDArray teacher,
        NDArray labels,
        @Nullable PixelWeights weights,
        NDArray studentProjected,
        NDArray teacherProjected,
        NDArray projectedLabels,
        @Nullable NDArray projectedWeights) {

    /** Creates inputs whose labeled pixels and cells all weigh alike. */
    public LossInputs(
            NDArray student,
            NDArray teacher,
            NDArray labels,
            NDArray studentProjected,
            NDArray teacherProjected,
            NDArray projectedLabels) {
        this(student, teacher, labels, null, studentProjected, teacherProjected, projectedLabels, null);
    }
}
