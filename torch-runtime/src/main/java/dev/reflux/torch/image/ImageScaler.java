package dev.reflux.torch.image;

import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;

/**
 * Resizes images as {@link FrameTensors} does, and rounds the result to bytes: a frame that is used often is so resized once.
 * Any thread; one image at a time.
 */
public final class ImageScaler {

    private static final int CHANNELS = 3;

    private final Resampler resampler = new Resampler();

    /** Returns the image in another size; an image of this size is returned as it is. */
    public synchronized RgbImage scale(RgbImage image, ImageSize size) {
        if (image.size().equals(size)) {
            return image;
        }
        float[] planes = resampler.resize(image, size);
        int pixels = Math.toIntExact(size.pixels());
        byte[] rgb = new byte[CHANNELS * pixels];
        for (int c = 0; c < CHANNELS; c++) {
            for (int i = 0, from = c * pixels; i < pixels; i++, from++) {
                rgb[CHANNELS * i + c] = (byte) Math.max(0, Math.min(255, Math.round(255 * planes[from])));
            }
        }
        return new RgbImage(size.width(), size.height(), rgb);
    }
}
