package dev.reflux.common.model;

import dev.reflux.common.image.ImageSize;
import java.util.List;

/**
 * The input of a model: RGB in 0 to 1, less the mean, divided by the standard deviation, channel by channel.
 *
 * @param width width in pixels that the model was made for; other widths work too
 * @param height height in pixels that the model was made for
 * @param mean three values from 0 to 1, R, G, B
 * @param std three values above 0 and at most 1, R, G, B
 */
public record ModelInput(int width, int height, List<Float> mean, List<Float> std) {

    /** Checks the number and the ranges of the values. */
    public ModelInput {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        if (mean.size() != 3
                || std.size() != 3
                || mean.stream().anyMatch(m -> !(m >= 0 && m <= 1))
                || std.stream().anyMatch(s -> !(s > 0 && s <= 1))) {
            throw new IllegalArgumentException("mean " + mean + " and std " + std + " are not three values of 0 to 1");
        }
    }

    /** Returns width and height. */
    public ImageSize size() {
        return new ImageSize(width, height);
    }

    /** Returns the same input at another size. */
    public ModelInput withSize(ImageSize size) {
        return new ModelInput(size.width(), size.height(), mean, std);
    }
}
