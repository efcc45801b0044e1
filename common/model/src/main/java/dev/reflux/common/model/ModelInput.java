package dev.reflux.common.model;

import dev.reflux.common.image.ImageSize;
import java.util.List;

/**
 * What a model wants to see: RGB in 0..1, less mean, divided by standard deviation, channel by channel.
 *
 * @param width the width it was made for, pixels; others work too
 * @param height the height it was made for, pixels
 * @param mean three values, R, G, B
 * @param std three positive values, R, G, B
 */
public record ModelInput(int width, int height, List<Float> mean, List<Float> std) {

    public ModelInput {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        if (mean.size() != 3 || std.size() != 3 || std.stream().anyMatch(s -> !(s > 0))) {
            throw new IllegalArgumentException("mean and std need three values each, std positive");
        }
    }

    public ImageSize size() {
        return new ImageSize(width, height);
    }

    /** The same kind of input at another size. */
    public ModelInput withSize(ImageSize size) {
        return new ModelInput(size.width(), size.height(), mean, std);
    }
}
