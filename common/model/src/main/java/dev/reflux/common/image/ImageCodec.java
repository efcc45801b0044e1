package dev.reflux.common.image;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.Rejection;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBufferByte;
import java.awt.image.PixelInterleavedSampleModel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Decodes camera images from JPEG or PNG to RGB, and encodes them.
 *
 * <ol>
 *   <li>A file of any other format is refused by its first bytes.
 *   <li>The size is read from the header and bounded before pixels are allocated.
 * </ol>
 *
 * Thread-safe.
 */
public final class ImageCodec {

    /** An 8K frame. */
    private static final int STANDARD_MAX_PIXELS = 8192 * 4320;

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
     * Returns the image's size, read from its header alone.
     *
     * @param bytes JPEG or PNG file
     * @throws RejectedFrameException when the image is empty, unreadable or over the limit
     */
    public ImageSize probe(byte[] bytes) throws RejectedFrameException {
        return probe(bytes, Rejection.UNREADABLE_IMAGE);
    }

    /**
     * Returns the image's size, read from its header alone.
     *
     * @param bytes JPEG or PNG file
     * @param unreadable reason to give for a damaged file
     * @throws RejectedFrameException when the image is empty, unreadable or over the limit
     */
    public ImageSize probe(byte[] bytes, Rejection unreadable) throws RejectedFrameException {
        if (bytes.length == 0) {
            throw new RejectedFrameException(Rejection.EMPTY_IMAGE, "The image has no bytes.");
        }
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            ImageReader reader = readerOf(bytes, in, unreadable);
            try {
                return probe(reader);
            } finally {
                reader.dispose();
            }
        } catch (IOException | RuntimeException e) {
            throw new RejectedFrameException(unreadable, "The file's header is damaged: " + e.getMessage() + ".", e);
        }
    }

    /**
     * Returns the image's pixels. Gray images become RGB; an alpha channel is dropped.
     *
     * @param bytes JPEG or PNG file
     * @throws RejectedFrameException when the image is empty, truncated, unreadable or over the limit
     */
    public RgbImage decode(byte[] bytes) throws RejectedFrameException {
        if (bytes.length == 0) {
            throw new RejectedFrameException(Rejection.EMPTY_IMAGE, "The image has no bytes.");
        }
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            ImageReader reader = readerOf(bytes, in, Rejection.UNREADABLE_IMAGE);
            try {
                ImageSize size = probe(reader);
                TruncationWatch watch = new TruncationWatch();
                reader.addIIOReadWarningListener(watch);
                BufferedImage image = reader.read(0);
                watch.requireWhole();
                return new RgbImage(size.width(), size.height(), rgbOf(image));
            } finally {
                reader.dispose();
            }
        } catch (IOException | RuntimeException e) {
            throw new RejectedFrameException(
                    Rejection.UNREADABLE_IMAGE, "The image is damaged or truncated: " + e.getMessage() + ".", e);
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

    private static ImageReader readerOf(byte[] bytes, ImageInputStream in, Rejection unreadable)
            throws RejectedFrameException {
        ImageReader reader = ImageFormat.of(bytes)
                .orElseThrow(() -> new RejectedFrameException(
                        unreadable, "The file is neither JPEG nor PNG; send one of the two."))
                .reader();
        reader.setInput(in, true, true);
        return reader;
    }

    private ImageSize probe(ImageReader reader) throws IOException, RejectedFrameException {
        int width = reader.getWidth(0);
        int height = reader.getHeight(0);
        if ((long) width * height > maxPixels) {
            throw new RejectedFrameException(
                    Rejection.IMAGE_TOO_LARGE,
                    "The image is " + width + "x" + height + ", over the limit of " + maxPixels
                            + " pixels; send it smaller or raise the limit.");
        }
        return new ImageSize(width, height);
    }

    private static byte[] rgbOf(BufferedImage image) {
        BufferedImage threeBytes = image.getType() == BufferedImage.TYPE_3BYTE_BGR ? image : redrawn(image);
        byte[] bgr = ((DataBufferByte) threeBytes.getRaster().getDataBuffer()).getData();
        byte[] rgb = new byte[bgr.length];
        for (int i = 0; i < bgr.length; i += 3) {
            rgb[i] = bgr[i + 2];
            rgb[i + 1] = bgr[i + 1];
            rgb[i + 2] = bgr[i];
        }
        return rgb;
    }

    private static BufferedImage redrawn(BufferedImage image) {
        BufferedImage copy = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_3BYTE_BGR);
        Graphics2D canvas = copy.createGraphics();
        canvas.drawImage(image, 0, 0, null);
        canvas.dispose();
        return copy;
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
