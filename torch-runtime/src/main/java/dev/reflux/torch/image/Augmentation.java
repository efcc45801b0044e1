package dev.reflux.torch.image;

import java.util.random.RandomGenerator;

/**
 * A change of one training image. The photometric factors are applied in the order brightness, contrast (about the mean
 * gray of the image), saturation (about the gray of each pixel). Values are clamped to 0..1 after each, as torchvision's
 * ColorJitter does. Any thread.
 *
 * @param flip whether left and right are exchanged; the label and all tensors of the frame must then be flipped too
 * @param brightness the factor, at least 0; 1 changes nothing
 * @param contrast the factor, at least 0; 1 changes nothing
 * @param saturation the factor, at least 0; 1 changes nothing
 */
public record Augmentation(boolean flip, float brightness, float contrast, float saturation) {

    /** Changes nothing. */
    public static final Augmentation NONE = new Augmentation(false, 1, 1, 1);

    public Augmentation {
        if (!(brightness >= 0) || !(contrast >= 0) || !(saturation >= 0)) {
            throw new IllegalArgumentException("photometric factors cannot be negative");
        }
    }

    /**
     * Draws the photometric factors uniformly from 1 − strength to 1 + strength, without a flip.
     *
     * @param strength the largest change, 0..1
     */
    public static Augmentation photometric(RandomGenerator random, float strength) {
        return new Augmentation(false, factor(random, strength), factor(random, strength), factor(random, strength));
    }

    private static float factor(RandomGenerator random, float strength) {
        return 1 + strength * (2 * random.nextFloat() - 1);
    }

    /** Returns this augmentation with the given flip. */
    public Augmentation withFlip(boolean flipped) {
        return new Augmentation(flipped, brightness, contrast, saturation);
    }

    /** Returns whether the new value of a channel depends on other values than its old one. */
    boolean mixesChannels() {
        return contrast != 1 || saturation != 1;
    }

    float brighten(float value) {
        return clamp(value * brightness);
    }

    /**
     * Applies the photometric factors.
     *
     * @param rgb three planes of 0..1; changed in place
     */
    void photometric(float[] rgb, int pixels) {
        if (brightness != 1) {
            for (int i = 0; i < 3 * pixels; i++) {
                rgb[i] = brighten(rgb[i]);
            }
        }
        if (contrast != 1) {
            double sum = 0;
            for (int i = 0; i < pixels; i++) {
                sum += gray(rgb, i, pixels);
            }
            float mean = (float) (sum / pixels);
            for (int i = 0; i < 3 * pixels; i++) {
                rgb[i] = clamp(mean + contrast * (rgb[i] - mean));
            }
        }
        if (saturation != 1) {
            for (int i = 0; i < pixels; i++) {
                float gray = gray(rgb, i, pixels);
                for (int c = 0; c < 3; c++) {
                    rgb[c * pixels + i] = clamp(gray + saturation * (rgb[c * pixels + i] - gray));
                }
            }
        }
    }

    private static float gray(float[] rgb, int i, int pixels) {
        return 0.299f * rgb[i] + 0.587f * rgb[pixels + i] + 0.114f * rgb[2 * pixels + i];
    }

    private static float clamp(float value) {
        return Math.max(0, Math.min(1, value));
    }
}
