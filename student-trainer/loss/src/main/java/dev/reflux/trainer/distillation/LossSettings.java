package dev.reflux.trainer.distillation;

/**
 * The weights of the built-in terms: L_total = CE(s, y) + λ1·L_kd + λ2·L_hakd + λp·BCE(Z_s, y) (HeteroAKD, Huang et al.
 * 2025, Eq. 11, and the supervision of the student's projection head). Immutable.
 *
 * @param kd λ1, 0 or more
 * @param hakd λ2, 0 or more
 * @param projection λp, 0 or more
 * @param tau the temperature τ of both distillation terms, above 0
 * @param kemAxis the axis over which KEM's softmax normalizes
 * @param kmm whether the hybrid Ẑ mixes teacher and student (Eq. 7); otherwise Ẑ = Z_t
 * @param kem whether pixels are weighted by W (Eq. 9); otherwise evenly
 * @param kemTau the temperature of KEM's softmax, above 0; the paper uses 1, and a higher one makes the weights more even
 * @param unlabeled how cells without a label are taught
 */
public record LossSettings(
        double kd,
        double hakd,
        double projection,
        double tau,
        KemAxis kemAxis,
        boolean kmm,
        boolean kem,
        double kemTau,
        UnlabeledCells unlabeled)
        implements DistillationMethod {

    public LossSettings {
        if (!(kd >= 0) || !(hakd >= 0) || !(projection >= 0) || !(tau > 0) || !(kemTau > 0)) {
            throw new IllegalArgumentException("loss weights cannot be negative, and temperatures must be positive");
        }
    }

    /** Creates settings that teach cells without a label by the defaults. */
    public LossSettings(
            double kd,
            double hakd,
            double projection,
            double tau,
            KemAxis kemAxis,
            boolean kmm,
            boolean kem,
            double kemTau) {
        this(kd, hakd, projection, tau, kemAxis, kmm, kem, kemTau, UnlabeledCells.standard());
    }

    /** Returns the defaults: λ1 = 0.1, λ2 = 10, λp = 1, τ = 1, KMM as in the paper, KEM with more even weights (τ_kem = 3). */
    public static LossSettings standard() {
        return new LossSettings(0.1, 10, 1, 1, KemAxis.PIXELS, true, true, 3);
    }

    /** Returns the loss without a teacher: CE(s, y) + λp·BCE(Z_s, y), and nothing at cells without a label. */
    public static LossSettings labelsOnly(double projection) {
        return new LossSettings(0, 0, projection, 1, KemAxis.PIXELS, true, true, 1, UnlabeledCells.UNTAUGHT);
    }

    /** Returns plain distillation (Hinton et al. 2015): CE(s, y) + λ1·L_kd, at cells without a label too. */
    public static LossSettings plainKl(double weight) {
        return new LossSettings(weight, 0, 0, 1, KemAxis.PIXELS, true, true, 1);
    }

    /** Returns the same settings with another temperature of both distillation terms, above 0. */
    public LossSettings withTau(double other) {
        return new LossSettings(kd, hakd, projection, other, kemAxis, kmm, kem, kemTau, unlabeled);
    }

    /** Returns the same settings with another temperature of KEM's softmax, above 0. */
    public LossSettings withKemTau(double other) {
        return new LossSettings(kd, hakd, projection, tau, kemAxis, kmm, kem, other, unlabeled);
    }

    /** Returns the same settings with other weights of cells without a label. */
    public LossSettings withUnlabeled(UnlabeledCells other) {
        return new LossSettings(kd, hakd, projection, tau, kemAxis, kmm, kem, kemTau, other);
    }

    /** Returns the same settings with λ1 = λ2 = 0, as the warm-up has them: y teaches alone, be it label or pseudo-label. */
    public LossSettings withoutTeacher() {
        return new LossSettings(0, 0, projection, tau, kemAxis, kmm, kem, kemTau, unlabeled.byClassOnly());
    }

    @Override
    public LossSettings builtIn() {
        return this;
    }

    @Override
    public boolean usesLogits() {
        return kd > 0;
    }

    @Override
    public boolean usesProjected() {
        return hakd > 0;
    }
}
