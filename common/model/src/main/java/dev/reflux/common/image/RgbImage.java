package dev.reflux.common.image;

/** An image as interleaved bytes R, G, B, row-major: three bytes a pixel. Any thread may read it. */
public final class RgbImage {

    private final int width;
    private final int height;
    private final byte[] rgb;

    /**
     * Creates an image.
     *
     * @param width columns, at least 1
     * @param height rows, at least 1
     * @param rgb 3 × width × height bytes; the image keeps the array without a copy
     */
    public RgbImage(int width, int height, byte[] rgb) {
        if (width < 1 || height < 1 || rgb.length != 3 * width * height) {
            throw new IllegalArgumentException(
                    "an RGB image of " + width + "x" + height + " cannot have " + rgb.length + " bytes");
        }
        this.width = width;
        this.height = height;
        this.rgb = rgb;
    }

    /** Returns the number of columns. */
    public int width() {
        return width;
    }

    /** Returns the number of rows. */
    public int height() {
        return height;
    }

    /** Returns width and height. */
    public ImageSize size() {
        return new ImageSize(width, height);
    }

    /** Returns the image's own array. Callers must not write to it. */
    public byte[] rgb() {
        return rgb;
    }
}
