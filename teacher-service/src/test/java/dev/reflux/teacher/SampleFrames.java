package dev.reflux.teacher;

import com.google.protobuf.ByteString;
import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.image.ImageCodec;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelMapCodec;
import dev.reflux.common.message.LabeledFrame;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;

/** Small frames of schema tiny-5, sound and spoilt. */
public final class SampleFrames {

    public static final String SCHEMA = "tiny-5";
    public static final int WIDTH = 96;
    public static final int HEIGHT = 64;

    private static final ImageCodec IMAGES = ImageCodec.standard();

    private SampleFrames() {}

    public static LabeledFrame.Builder sound(String id) {
        return LabeledFrame.newBuilder()
                .setFormatVersion(MessageCodec.FORMAT_VERSION)
                .setFrameId(id)
                .setCameraId("camera-" + Math.floorMod(id.hashCode(), 8))
                .setVehicleId("vehicle")
                .setImage(ByteString.copyFrom(jpeg(id.hashCode())))
                .setLabel(ByteString.copyFrom(label(WIDTH, HEIGHT, 4)))
                .setLabelSchemaId(SCHEMA);
    }

    public static RgbImage image(int seed) {
        byte[] rgb = new byte[3 * WIDTH * HEIGHT];
        Random random = new Random(seed);
        int shift = random.nextInt(200);
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (shift + i % WIDTH / 4 + random.nextInt(8));
        }
        return new RgbImage(WIDTH, HEIGHT, rgb);
    }

    public static byte[] jpeg(int seed) {
        return IMAGES.encodeJpeg(image(seed), 0.9f);
    }

    /** Stripes of the classes 0 to highest, and one ignored pixel. */
    public static byte[] label(int width, int height, int highest) {
        byte[] ids = new byte[width * height];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (byte) (i % width * (highest + 1) / width);
        }
        ids[0] = (byte) 255;
        return new LabelMapCodec().encode(new LabelMap(width, height, ids));
    }

    /** What is wrong → the record's value; each name begins with the rejection it must get. */
    public static Map<String, byte[]> poison() {
        Map<String, byte[]> poison = new LinkedHashMap<>();
        byte[] jpeg = jpeg(1);
        poison.put("UNREADABLE_IMAGE truncated", withImage(Arrays.copyOf(jpeg, jpeg.length / 2)));
        poison.put("EMPTY_IMAGE", withImage(new byte[0]));
        poison.put("IMAGE_TOO_LARGE 20000x20000", withImage(pngHeader(20_000, 20_000)));
        poison.put("LABEL_SIZE_MISMATCH", withLabel(label(WIDTH / 2, HEIGHT, 4)));
        poison.put("CLASS_OUT_OF_RANGE", withLabel(label(WIDTH, HEIGHT, 5)));
        poison.put("LABEL_NOT_8_BIT_GRAY 16 bit", withLabel(png(BufferedImage.TYPE_USHORT_GRAY)));
        poison.put("LABEL_NOT_8_BIT_GRAY RGB", withLabel(png(BufferedImage.TYPE_3BYTE_BGR)));
        poison.put("UNREADABLE_LABEL none", withLabel(new byte[0]));
        poison.put("UNKNOWN_LABEL_SCHEMA nobody's", value(sound("p").setLabelSchemaId("nobody-7")));
        poison.put("UNKNOWN_LABEL_SCHEMA another teacher's", value(sound("p").setLabelSchemaId("cityscapes-19")));
        poison.put("UNKNOWN_MESSAGE_VERSION", value(sound("p").setFormatVersion(99)));
        poison.put("MALFORMED_MESSAGE rubbish", "<html>no frame</html>".getBytes(StandardCharsets.UTF_8));
        poison.put("MALFORMED_MESSAGE nothing", new byte[0]);
        poison.put("MALFORMED_MESSAGE no id", value(sound("p").setFrameId("")));
        return poison;
    }

    public static byte[] value(LabeledFrame.Builder frame) {
        return frame.build().toByteArray();
    }

    /** A sound frame of nearly so many bytes. */
    public static byte[] ofSize(String id, int bytes) {
        int rest = bytes - sound(id).build().getSerializedSize();
        return value(sound(id).setVehicleId("v".repeat(rest)));
    }

    private static byte[] withImage(byte[] image) {
        return value(sound("p").setImage(ByteString.copyFrom(image)));
    }

    private static byte[] withLabel(byte[] label) {
        return value(sound("p").setLabel(ByteString.copyFrom(label)));
    }

    private static byte[] png(int type) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(new BufferedImage(WIDTH, HEIGHT, type), "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** The first 33 bytes of a PNG that announces a size and has nothing else. */
    private static byte[] pngHeader(int width, int height) {
        ByteBuffer header = ByteBuffer.allocate(33);
        header.put(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'})
                .putInt(13);
        header.put(new byte[] {'I', 'H', 'D', 'R'}).putInt(width).putInt(height);
        header.put(new byte[] {8, 2, 0, 0, 0});
        CRC32 crc = new CRC32();
        crc.update(header.array(), 12, 17);
        return header.putInt((int) crc.getValue()).array();
    }
}
