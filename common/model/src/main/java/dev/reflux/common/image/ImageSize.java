package dev.reflux.common.image;

/** Width and height in pixels, both at least 1. */
public record ImageSize(int width, int height) {

    public ImageSize {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("an image cannot be " + width + "x" + height);
        }
    }

    public long pixels() {
        return (long) width * height;
    }

    /** Itself if it has no more pixels than the other, else the other: frames are looked at as they are, up to that. */
    public ImageSize upTo(ImageSize most) {
        return pixels() <= most.pixels() ? this : most;
    }

    @Override
    public String toString() {
        return width + "x" + height;
    }
}
