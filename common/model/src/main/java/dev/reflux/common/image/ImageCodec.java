package dev.reflux.common.image;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.Rejection;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBufferByte;
import java.awt.image.PixelInterleavedSampleModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Decodes camera images from JPEG or PNG to RGB, and encodes them.
 *
 * <ol>
 *   <li>A file of any other format is refused by its first bytes.
 *   <li>Size and depth are read from the header and bounded before pixels are allocated.
 *   <li>The numbers of the file are the numbers of the result: no alpha, profile or gamma changes them.
 *   <li>The image is turned upright by its EXIF orientation.
 * </ol>
 *
 * <p>docs/images.md has the policy for each kind of file. Thread-safe.
 */
public final class ImageCodec {

    /** An 8K frame. */
    private static final int STANDARD_MAX_PIXELS = 8192 * 4320;
    /** The most that a pixel takes on average: four channels of 8 bits. */
    private static final int BYTES_PER_PIXEL = 4;

    private final int maxPixels;

    /**
     * Creates a codec.
     *
     * @param maxPixels largest width × height in pixels; a larger image is refused before it is decoded
     */
    public ImageCodec(int maxPixels) {
        if (maxPixels < 1) {
            throw new IllegalArgumentException("maxPixels must be at least 1, not " + maxPixels);
        }
        this.maxPixels = maxPixels;
        // The default spools every stream through a temporary file.
        ImageIO.setUseCache(false);
    }

    /** Returns a codec for frames of up to 8192x4320 pixels. */
    public static ImageCodec standard() {
        return new ImageCodec(STANDARD_MAX_PIXELS);
    }

    /**
     * Returns the size of the upright image, read from its header alone.
     *
     * @param bytes JPEG or PNG file
     * @throws RejectedFrameException when the image is empty, unreadable or over the limit
     */
    public ImageSize probe(byte[] bytes) throws RejectedFrameException {
        PictureFile file = open(bytes);
        return file.orientation().turn(file.size());
    }

    /**
     * Returns the image's pixels, upright. Gray images become RGB; an alpha channel is dropped, and the colors under it are
     * kept.
     *
     * @param bytes JPEG or PNG file
     * @throws RejectedFrameException when the image is empty, truncated, unreadable or over the limit
     */
    public RgbImage decode(byte[] bytes) throws RejectedFrameException {
        PictureFile file = open(bytes);
        try {
            return file.orientation().turn(file.pixels());
        } catch (IOException | RuntimeException e) {
            throw unreadable(e);
        }
    }

    private PictureFile open(byte[] bytes) throws RejectedFrameException {
        if (bytes.length == 0) {
            throw new RejectedFrameException(Rejection.EMPTY_IMAGE, "The image has no bytes.");
        }
        ImageFormat format = ImageFormat.of(bytes)
                .orElseThrow(() -> new RejectedFrameException(
                        Rejection.UNREADABLE_IMAGE, "The file is neither JPEG nor PNG; send one of the two."));
        PictureFile file;
        try {
            file = format == ImageFormat.PNG ? PngFile.of(bytes) : JpegFile.of(bytes);
        } catch (IOException | RuntimeException e) {
            throw unreadable(e);
        }
        requireAllowed(file.size(), file.bytesPerPixel());
        return file;
    }

    private static RejectedFrameException unreadable(Exception e) {
        return new RejectedFrameException(
                Rejection.UNREADABLE_IMAGE, "The image cannot be read: " + e.getMessage() + ".", e);
    }

    /**
     * Checks what a header announces against the limit, before anything is allocated.
     *
     * @param size width and height
     * @param bytesPerPixel bytes that the decoder takes for a pixel; a whole image may take four bytes for each pixel of
     *     the limit
     * @throws RejectedFrameException with {@link Rejection#IMAGE_TOO_LARGE} when it is over the limit
     */
    public void requireAllowed(ImageSize size, int bytesPerPixel) throws RejectedFrameException {
        if (size.pixels() > maxPixels || size.pixels() * bytesPerPixel > (long) BYTES_PER_PIXEL * maxPixels) {
            throw new RejectedFrameException(
                    Rejection.IMAGE_TOO_LARGE,
                    "The image is " + size + " of " + bytesPerPixel + (bytesPerPixel == 1 ? " byte" : " bytes")
                            + " a pixel, over the limit of " + maxPixels + " pixels and " + BYTES_PER_PIXEL
                            + " bytes for each; send it smaller or raise the limit.");
        }
    }

    /**
     * Returns the image as a JPEG file.
     *
     * @param image pixels
     * @param quality quality of the encoder, 0 to 1; 0.92 is visually lossless
     */
    public byte[] encodeJpeg(RgbImage image, float quality) {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream out = new ByteArrayOutputStream(image.rgb().length / 8);
        try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
            ImageWriteParam param = writer.getDefaultWriteParam();
            param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            param.setCompressionQuality(quality);
            writer.setOutput(stream);
            writer.write(null, new IIOImage(buffered(image), null, null), param);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
        return out.toByteArray();
    }

    /** Returns the image as a PNG file. */
    public byte[] encodePng(RgbImage image) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(image.rgb().length / 2);
        try {
            ImageIO.write(buffered(image), "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static BufferedImage buffered(RgbImage image) {
        var model = new PixelInterleavedSampleModel(
                java.awt.image.DataBuffer.TYPE_BYTE, image.width(), image.height(), 3, 3 * image.width(), new int[] {
                    0, 1, 2
                });
        var raster = java.awt.image.Raster.createWritableRaster(
                model, new DataBufferByte(image.rgb(), image.rgb().length), null);
        var colors = (ComponentColorModel) ImageTypeSpecifier.createInterleaved(
                        java.awt.color.ColorSpace.getInstance(java.awt.color.ColorSpace.CS_sRGB),
                        new int[] {0, 1, 2},
                        java.awt.image.DataBuffer.TYPE_BYTE,
                        false,
                        false)
                .getColorModel();
        return new BufferedImage(colors, raster, false, null);
    }
}
