package dev.reflux.torch.image;

import java.util.random.RandomGenerator;

/**
 * A change of one training image. Photometric factors are multiplicative, 1 changes nothing; applied in the order
 * brightness, contrast (about the image's mean grey), saturation (about each pixel's grey), values clamped to 0..1 after
 * each, as torchvision's ColorJitter.
 *
 * @param flip left and right exchanged; the label, and any tensor of the same frame, must be flipped too
 * @param brightness at least 0
 * @param contrast at least 0
 * @param saturation at least 0
 */
public record Augmentation(boolean flip, float brightness, float contrast, float saturation) {

    public static final Augmentation NONE = new Augmentation(false, 1, 1, 1);

    public Augmentation {
        if (!(brightness >= 0) || !(contrast >= 0) || !(saturation >= 0)) {
            throw new IllegalArgumentException("photometric factors cannot be negative");
        }
    }

    /**
     * Draws the photometric factors evenly from 1 − strength to 1 + strength; no flip.
     *
     * @param strength 0..1
     */
    public static Augmentation photometric(RandomGenerator random, float strength) {
        return new Augmentation(false, factor(random, strength), factor(random, strength), factor(random, strength));
    }

    private static float factor(RandomGenerator random, float strength) {
        return 1 + strength * (2 * random.nextFloat() - 1);
    }

    /** The same, flipped or not. */
    public Augmentation withFlip(boolean flipped) {
        return new Augmentation(flipped, brightness, contrast, saturation);
    }

    /** Whether a channel's new value depends on more than its old one. */
    boolean mixesChannels() {
        return contrast != 1 || saturation != 1;
    }

    float brighten(float value) {
        return clamp(value * brightness);
    }

    /** @param rgb three planes of 0..1, changed in place */
    void photometric(float[] rgb, int pixels) {
        if (brightness != 1) {
            for (int i = 0; i < 3 * pixels; i++) {
                rgb[i] = brighten(rgb[i]);
            }
        }
        if (contrast != 1) {
            double sum = 0;
            for (int i = 0; i < pixels; i++) {
                sum += grey(rgb, i, pixels);
            }
            float mean = (float) (sum / pixels);
            for (int i = 0; i < 3 * pixels; i++) {
                rgb[i] = clamp(mean + contrast * (rgb[i] - mean));
            }
        }
        if (saturation != 1) {
            for (int i = 0; i < pixels; i++) {
                float grey = grey(rgb, i, pixels);
                for (int c = 0; c < 3; c++) {
                    rgb[c * pixels + i] = clamp(grey + saturation * (rgb[c * pixels + i] - grey));
                }
            }
        }
    }

    private static float grey(float[] rgb, int i, int pixels) {
        return 0.299f * rgb[i] + 0.587f * rgb[pixels + i] + 0.114f * rgb[2 * pixels + i];
    }

    private static float clamp(float value) {
        return Math.max(0, Math.min(1, value));
    }
}
