package dev.reflux.trainer.distillation;

/**
 * Channel-wise knowledge distillation (Shu et al., ICCV 2021, arXiv 2011.13256, Eq. 4) on the final logits: each class
 * map is a distribution over all pixels, labelled or not, φ(x_c) = softmax over i of x_ci/τ; L_cwd = τ²/(N·C) · Σ φ(t)·(log φ(t) −
 * log φ(s)), with the gradient τ/(N·C)·(φ(s) − φ(t)).
 *
 * @param weight of L_cwd; 3 in the paper
 * @param tau τ; 4 in the paper
 * @param projection λp
 */
public record ChannelWise(double weight, double tau, double projection) implements DistillationMethod {

    public ChannelWise {
        if (!(weight >= 0) || !(projection >= 0) || !(tau > 0)) {
            throw new IllegalArgumentException("loss weights cannot be negative, and tau must be positive");
        }
    }

    /** As in the paper, with no projection head. */
    public static ChannelWise asPublished() {
        return new ChannelWise(3, 4, 0);
    }

    @Override
    public boolean usesLogits() {
        return weight > 0;
    }

    @Override
    public boolean usesProjected() {
        return false;
    }
}
