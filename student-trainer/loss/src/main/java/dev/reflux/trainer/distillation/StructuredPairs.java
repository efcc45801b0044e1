package dev.reflux.trainer.distillation;

/**
 * Structured knowledge distillation (Liu et al., CVPR 2019, arXiv 1903.04197), its pixel-wise and its pair-wise part;
 * the holistic, adversarial part is left out. Pixel-wise: L_kd on the final logits. Pair-wise: with f the mean of a
 * pool×pool block of projected logits, a_ij = f_iᵀf_j/(|f_i|·|f_j|), L_pair = 1/(N·P²) · Σ (aˢ_ij − aᵗ_ij)². The paper
 * compares backbone features; those do not travel, and projected logits do, for teacher and student in one space.
 *
 * @param pixel weight of L_kd; 10 in the paper's code
 * @param pair weight of L_pair; 1 in the paper's code
 * @param tau temperature of L_kd
 * @param pool side of a block in cells, at least 1
 * @param projection λp; above 0, or the student's projection means nothing
 */
public record StructuredPairs(double pixel, double pair, double tau, int pool, double projection)
        implements DistillationMethod {

    public StructuredPairs {
        if (!(pixel >= 0) || !(pair >= 0) || !(projection >= 0) || !(tau > 0) || pool < 1) {
            throw new IllegalArgumentException(
                    "loss weights cannot be negative, tau must be positive, and pool at least 1");
        }
    }

    /** As published, over blocks of 2 x 2 cells. */
    public static StructuredPairs asPublished() {
        return new StructuredPairs(10, 1, 1, 2, 1);
    }

    @Override
    public boolean usesLogits() {
        return pixel > 0;
    }

    @Override
    public boolean usesProjected() {
        return pair > 0;
    }
}
