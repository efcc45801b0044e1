package dev.reflux.common.label;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.Rejection;
import dev.reflux.common.image.ImageCodec;
import dev.reflux.common.image.ImageSize;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.PixelInterleavedSampleModel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;

/** Encodes and decodes label maps as 8-bit one-channel PNG files. Thread-safe. */
public final class LabelMapCodec {

    private static final byte[] PNG_SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    private static final int BIT_DEPTH_AT = 24;
    private static final int COLOR_TYPE_AT = 25;
    private static final int HEADER_BYTES = 33;
    private static final int GRAY = 0;
    private static final int PALETTE = 3;

    private final ImageCodec images;

    /** Creates a codec with the pixel limit of {@link ImageCodec#standard()}. */
    public LabelMapCodec() {
        this(ImageCodec.standard());
    }

    /**
     * Creates a codec.
     *
     * @param images codec whose pixel limit holds for labels too
     */
    public LabelMapCodec(ImageCodec images) {
        this.images = images;
    }

    /**
     * Returns the label with its raw values mapped to class ids.
     *
     * @param png PNG file
     * @param schema meaning of the raw values
     * @throws RejectedFrameException when the file is damaged, or a value is neither a class nor ignored
     */
    public LabelMap decode(byte[] png, LabelSchema schema) throws RejectedFrameException {
        requireGray8(png);
        ImageSize size = images.probe(png, Rejection.UNREADABLE_LABEL);
        byte[] raw = rawBytes(png, size);
        byte[] ids = new byte[raw.length];
        for (int i = 0; i < raw.length; i++) {
            short meaning = schema.meaningOf(raw[i] & 0xFF);
            if (meaning < 0) {
                throw outOfRange(i, size, raw[i] & 0xFF, schema);
            }
            ids[i] = (byte) meaning;
        }
        return new LabelMap(size.width(), size.height(), ids);
    }

    /**
     * Returns the label with its raw values mapped to class ids.
     *
     * @param png PNG file
     * @param schema meaning of the raw values
     * @param width width of the image in pixels
     * @param height height of the image in pixels
     * @throws RejectedFrameException when the file is damaged or of another size, or a value is neither a class nor
     *     ignored
     */
    public LabelMap decode(byte[] png, LabelSchema schema, int width, int height) throws RejectedFrameException {
        requireGray8(png);
        ImageSize size = images.probe(png, Rejection.UNREADABLE_LABEL);
        if (size.width() != width || size.height() != height) {
            throw new RejectedFrameException(
                    Rejection.LABEL_SIZE_MISMATCH,
                    "The label is " + size + " and the image " + new ImageSize(width, height)
                            + "; they must be alike.");
        }
        return decode(png, schema);
    }

    /** Returns the label as a PNG file. Decoding it by a schema without raw ids gives the same label. */
    public byte[] encode(LabelMap map) {
        BufferedImage image = new BufferedImage(map.width(), map.height(), BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setDataElements(0, 0, map.width(), map.height(), map.ids());
        ByteArrayOutputStream out = new ByteArrayOutputStream(map.ids().length / 16 + 128);
        try {
            ImageIO.write(image, "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static void requireGray8(byte[] png) throws RejectedFrameException {
        if (png.length == 0) {
            throw new RejectedFrameException(Rejection.UNREADABLE_LABEL, "The label has no bytes.");
        }
        if (png.length < HEADER_BYTES
                || java.util.Arrays.mismatch(png, 0, PNG_SIGNATURE.length, PNG_SIGNATURE, 0, PNG_SIGNATURE.length)
                        >= 0) {
            throw new RejectedFrameException(Rejection.UNREADABLE_LABEL, "The label is not a PNG file.");
        }
        int depth = png[BIT_DEPTH_AT];
        int type = png[COLOR_TYPE_AT];
        // A palette PNG of 8 bits holds class ids as indices: the form of many tools, and no less exact.
        if (depth != 8 || (type != GRAY && type != PALETTE)) {
            throw new RejectedFrameException(
                    Rejection.LABEL_NOT_8_BIT_GRAY,
                    "The label PNG has " + depth + " bits and color type " + type
                            + "; write class ids as an 8-bit one-channel PNG.");
        }
    }

    private static byte[] rawBytes(byte[] png, ImageSize size) throws RejectedFrameException {
        PngChunks.requireWhole(png);
        BufferedImage image;
        try {
            image = ImageIO.read(new ByteArrayInputStream(png));
        } catch (IOException | RuntimeException e) {
            throw new RejectedFrameException(
                    Rejection.UNREADABLE_LABEL, "The label PNG is damaged: " + e.getMessage() + ".", e);
        }
        if (image == null || image.getWidth() != size.width() || image.getHeight() != size.height()) {
            throw new RejectedFrameException(Rejection.UNREADABLE_LABEL, "The label PNG is damaged.");
        }
        boolean plain = image.getRaster().getDataBuffer() instanceof DataBufferByte
                && image.getSampleModel() instanceof PixelInterleavedSampleModel model
                && model.getPixelStride() == 1
                && model.getScanlineStride() == size.width();
        return plain
                ? ((DataBufferByte) image.getRaster().getDataBuffer()).getData()
                : (byte[]) image.getRaster().getDataElements(0, 0, size.width(), size.height(), null);
    }

    private static RejectedFrameException outOfRange(int pixel, ImageSize size, int value, LabelSchema schema) {
        return new RejectedFrameException(
                Rejection.CLASS_OUT_OF_RANGE,
                "Label pixel (" + pixel % size.width() + ", " + pixel / size.width() + ") is " + value + "; schema "
                        + schema.id() + " has classes 0 to " + (schema.classCount() - 1) + " and 255 for ignore.");
    }
}
