package dev.reflux.trainer.distillation;

/**
 * KMM's share of the teacher in one value of the hybrid, S_t = H(Z_s) / (H(Z_t) + H(Z_s) + ε) (HeteroAKD, Eq. 5 and 6),
 * for benchmarks: the loss computes it in tensors and keeps only the mean. Stateless; any thread.
 */
public final class TeacherShare {

    private static final double EPSILON = 1e-8;

    private TeacherShare() {}

    /**
     * Returns the share, from 0 (only the student) to 1 (only the teacher).
     *
     * @param student Z_s of a cell and a class
     * @param teacher Z_t of the same cell and class
     * @param labeled whether the cell's label is that class
     */
    public static double of(double student, double teacher, boolean labeled) {
        double ofStudent = reliability(student, labeled);
        return ofStudent / (reliability(teacher, labeled) + ofStudent + EPSILON);
    }

    /**
     * Returns H(Z) = BCEWithLogits(z, y) (Eq. 5), 0 or more.
     *
     * @param z the projected logit of a cell and a class
     * @param labeled whether the cell's label is that class
     */
    public static double reliability(double z, boolean labeled) {
        double a = labeled ? -z : z;
        return Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)));
    }
}
