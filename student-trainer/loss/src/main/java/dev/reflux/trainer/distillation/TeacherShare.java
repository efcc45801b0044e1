package dev.reflux.trainer.distillation;

/**
 * KMM's share of the teacher in one value of the hybrid, S_t = H(Z_s) / (H(Z_t) + H(Z_s) + ε) (HeteroAKD, Eq. 5 and 6),
 * for whoever looks at a student that has learnt: the loss computes it in tensors and keeps the mean alone. Stateless: any
 * thread.
 */
public final class TeacherShare {

    private static final double EPSILON = 1e-8;

    private TeacherShare() {}

    /**
     * 0 (the student alone) to 1 (the teacher alone).
     *
     * @param student Z_s of a cell and a class
     * @param teacher Z_t of the same
     * @param labelled whether the cell's label is that class
     */
    public static double of(double student, double teacher, boolean labelled) {
        double ofStudent = loss(student, labelled);
        return ofStudent / (loss(teacher, labelled) + ofStudent + EPSILON);
    }

    /** BCEWithLogits. */
    private static double loss(double z, boolean labelled) {
        double a = labelled ? -z : z;
        return Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)));
    }
}
