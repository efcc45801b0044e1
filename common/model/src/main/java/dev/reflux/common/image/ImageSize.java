package dev.reflux.common.image;

/**
 * Size of an image. Immutable; any thread.
 *
 * @param width width in pixels, at least 1
 * @param height height in pixels, at least 1
 */
public record ImageSize(int width, int height) {

    /** Checks that both are at least 1. */
    public ImageSize {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("an image cannot be " + width + "x" + height);
        }
    }

    /** Returns the number of pixels. */
    public long pixels() {
        return (long) width * height;
    }

    /** Returns this size where it has no more pixels than the other, otherwise the other. */
    public ImageSize upTo(ImageSize most) {
        return pixels() <= most.pixels() ? this : most;
    }

    @Override
    public String toString() {
        return width + "x" + height;
    }
}
