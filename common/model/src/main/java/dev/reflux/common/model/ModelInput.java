package dev.reflux.common.model;

import dev.reflux.common.image.ImageSize;
import java.util.List;

/**
 * The input of a model: RGB in 0 to 1, less the mean, divided by the standard deviation, channel by channel.
 *
 * @param width width in pixels that the model was made for; other widths work too
 * @param height height in pixels that the model was made for
 * @param mean three values, R, G, B
 * @param std three positive values, R, G, B
 */
public record ModelInput(int width, int height, List<Float> mean, List<Float> std) {

    /** Checks the number and the signs of the values. */
    public ModelInput {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        if (mean.size() != 3 || std.size() != 3 || std.stream().anyMatch(s -> !(s > 0))) {
            throw new IllegalArgumentException("mean and std need three values each, std positive");
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
