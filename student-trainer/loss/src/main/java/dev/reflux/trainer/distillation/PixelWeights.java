package dev.reflux.trainer.distillation;

import ai.djl.ndarray.NDArray;

/**
 * The weights of the logits' pixels, by which CE and L_kd are means. Pixels whose label is 255 have the weight 0.
 *
 * @param ce the weights in CE, float [N,h,w], 0 or more
 * @param kd the weights in L_kd, float [N,h,w], 0 or more; may be the same tensor
 */
public record PixelWeights(NDArray ce, NDArray kd) {

    /** Returns weights that both terms share. */
    public static PixelWeights shared(NDArray weights) {
        return new PixelWeights(weights, weights);
    }

    boolean differ() {
        return ce != kd;
    }
}
