package dev.reflux.common.image;

/** An image as interleaved bytes R, G, B, row-major: three bytes a pixel. */
public final class RgbImage {

    private final int width;
    private final int height;
    private final byte[] rgb;

    /** @param rgb 3 × width × height bytes, taken over, not copied */
    public RgbImage(int width, int height, byte[] rgb) {
        if (width < 1 || height < 1 || rgb.length != 3 * width * height) {
            throw new IllegalArgumentException(
                    "an RGB image of " + width + "x" + height + " cannot have " + rgb.length + " bytes");
        }
        this.width = width;
        this.height = height;
        this.rgb = rgb;
    }

    public int width() {
        return width;
    }

    public int height() {
        return height;
    }

    public ImageSize size() {
        return new ImageSize(width, height);
    }

    /** The live array: not to be written to. */
    public byte[] rgb() {
        return rgb;
    }
}
