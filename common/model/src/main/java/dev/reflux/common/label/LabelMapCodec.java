package dev.reflux.common.label;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.Rejection;
import dev.reflux.common.image.ImageCodec;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.PngFile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;

/** Encodes and decodes label maps as 8-bit one-channel PNG files. Thread-safe. */
public final class LabelMapCodec {

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
        return decode(open(png), schema);
    }

    private static LabelMap decode(PngFile file, LabelSchema schema) throws RejectedFrameException {
        ImageSize size = file.size();
        byte[] raw = stored(file);
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
        PngFile file = open(png);
        ImageSize size = file.size();
        ImageSize image = new ImageSize(width, height);
        if (!size.equals(image)) {
            boolean turned = size.width() == height && size.height() == width;
            throw new RejectedFrameException(
                    Rejection.LABEL_SIZE_MISMATCH,
                    "The label is " + size + " and the image " + image + "; they must be alike"
                            + (turned
                                    ? " (an image is turned upright by its EXIF orientation, a label never is)."
                                    : "."));
        }
        return decode(file, schema);
    }

    /**
     * Returns how often each raw value occurs, 0 to 255, whatever it means.
     *
     * @param png PNG file
     * @throws RejectedFrameException when the file is damaged or not an 8-bit one-channel PNG
     */
    public long[] countRawValues(byte[] png) throws RejectedFrameException {
        long[] counts = new long[256];
        for (byte value : stored(open(png))) {
            counts[value & 0xFF]++;
        }
        return counts;
    }

    /**
     * Returns the label's size, read from its header alone.
     *
     * @param png PNG file
     * @throws RejectedFrameException when the header is damaged, over the limit, or not of an 8-bit one-channel PNG
     */
    public ImageSize probe(byte[] png) throws RejectedFrameException {
        return open(png).size();
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

    private PngFile open(byte[] png) throws RejectedFrameException {
        if (png.length == 0) {
            throw new RejectedFrameException(Rejection.UNREADABLE_LABEL, "The label has no bytes.");
        }
        PngFile file;
        try {
            file = PngFile.of(png);
        } catch (IOException | RuntimeException e) {
            throw new RejectedFrameException(
                    Rejection.UNREADABLE_LABEL, "The label is not a PNG file: " + e.getMessage() + ".", e);
        }
        // A palette PNG of 8 bits holds class ids as indices: the form of many tools, and no less exact.
        if (file.depth() != 8 || !file.hasOneChannel()) {
            throw new RejectedFrameException(
                    Rejection.LABEL_NOT_8_BIT_GRAY,
                    "The label PNG has " + file.depth() + " bits and color type " + file.colorType()
                            + "; write class ids as an 8-bit one-channel PNG.");
        }
        images.requireAllowed(file.size(), 1);
        return file;
    }

    private static byte[] stored(PngFile file) throws RejectedFrameException {
        try {
            return file.storedBytes();
        } catch (IOException | RuntimeException e) {
            throw new RejectedFrameException(
                    Rejection.UNREADABLE_LABEL, "The label PNG cannot be read: " + e.getMessage() + ".", e);
        }
    }

    private static RejectedFrameException outOfRange(int pixel, ImageSize size, int value, LabelSchema schema) {
        return new RejectedFrameException(
                Rejection.CLASS_OUT_OF_RANGE,
                "Label pixel (" + pixel % size.width() + ", " + pixel / size.width() + ") is " + value + "; schema "
                        + schema.id() + " has classes 0 to " + (schema.classCount() - 1) + " and 255 for ignore.");
    }
}
