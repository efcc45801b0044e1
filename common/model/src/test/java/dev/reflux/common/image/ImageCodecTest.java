package dev.reflux.common.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.Rejection;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageCodecTest {

    private final ImageCodec codec = ImageCodec.standard();

    @Test
    void givenAnImage_whenSentAsPng_thenEveryPixelArrivesInItsChannel() throws RejectedFrameException {
        RgbImage image = new RgbImage(2, 1, new byte[] {(byte) 250, 10, 20, 1, 2, (byte) 200});

        RgbImage read = codec.decode(codec.encodePng(image));

        assertThat(read.size()).isEqualTo(new ImageSize(2, 1));
        assertThat(read.rgb()).containsExactly(image.rgb());
    }

    @Test
    void givenASmoothImage_whenSentAsJpeg_thenItArrivesNearlyTheSame() throws RejectedFrameException {
        RgbImage image = gradient(64, 48);

        RgbImage read = codec.decode(codec.encodeJpeg(image, 0.92f));

        double sum = 0;
        for (int i = 0; i < image.rgb().length; i++) {
            sum += Math.abs((image.rgb()[i] & 0xFF) - (read.rgb()[i] & 0xFF));
        }
        assertThat(sum / image.rgb().length).isLessThan(3);
    }

    @Test
    void givenAGreyOrTransparentImage_whenRead_thenItIsRgb() throws IOException, RejectedFrameException {
        BufferedImage grey = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY);
        grey.getRaster().setSample(0, 0, 0, 77);
        BufferedImage clear = new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB);
        clear.setRGB(0, 0, 0xFF102030);

        assertThat(codec.decode(png(grey)).rgb()).hasSize(3);
        assertThat(codec.decode(png(clear)).rgb()).containsExactly(0x10, 0x20, 0x30);
    }

    @Test
    void givenATruncatedJpeg_whenRead_thenItIsUnreadable() {
        byte[] jpeg = codec.encodeJpeg(gradient(64, 48), 0.9f);

        for (int length : new int[] {1, 10, jpeg.length / 4, jpeg.length / 2, jpeg.length * 9 / 10}) {
            byte[] part = Arrays.copyOf(jpeg, length);
            refuses(() -> codec.decode(part), Rejection.UNREADABLE_IMAGE);
        }
    }

    @Test
    void givenNoBytes_whenRead_thenItIsEmpty() {
        refuses(() -> codec.decode(new byte[0]), Rejection.EMPTY_IMAGE);
        refuses(() -> codec.probe(new byte[0]), Rejection.EMPTY_IMAGE);
    }

    @Test
    void givenRubbish_whenRead_thenItIsUnreadable() {
        refuses(
                () -> codec.decode("<html>404</html>".getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                Rejection.UNREADABLE_IMAGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiff", "gif", "bmp", "wbmp"})
    void givenAnotherFormatOfTheJdk_whenRead_thenItsReaderIsNotEvenAsked(String format) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        boolean written = ImageIO.write(new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_BINARY), format, out);
        assertThat(written).as("the JDK writes " + format).isTrue();
        byte[] file = out.toByteArray();

        assertThatThrownBy(() -> codec.decode(file))
                .isInstanceOf(RejectedFrameException.class)
                .hasMessage("The file is neither JPEG nor PNG; send one of the two.");
        refuses(() -> codec.probe(file), Rejection.UNREADABLE_IMAGE);
    }

    /** Width, height and one strip of as many bytes as an int holds: a reader that believed it would allocate 2 GiB. */
    @Test
    void givenATiffThatAnnouncesTwoGibibytes_whenProbed_thenItIsRefusedByItsFirstBytes() {
        ByteBuffer tiff = ByteBuffer.allocate(62);
        tiff.put(new byte[] {'M', 'M', 0, 42}).putInt(8).putShort((short) 4);
        tiffEntry(tiff, 256, 46_340);
        tiffEntry(tiff, 257, 46_340);
        tiffEntry(tiff, 273, 8);
        tiffEntry(tiff, 279, Integer.MAX_VALUE);

        refuses(() -> codec.probe(tiff.array()), Rejection.UNREADABLE_IMAGE);
    }

    private static void tiffEntry(ByteBuffer tiff, int tag, int value) {
        tiff.putShort((short) tag).putShort((short) 4).putInt(1).putInt(value);
    }

    @Test
    void givenAHugeHeader_whenRead_thenItIsRefusedBeforeAnythingIsAllocated() {
        byte[] png = pngHeader(20000, 20000);

        refuses(() -> codec.decode(png), Rejection.IMAGE_TOO_LARGE);
        refuses(() -> codec.probe(png), Rejection.IMAGE_TOO_LARGE);
    }

    @Test
    void givenALimit_whenAnImageMeetsItExactly_thenItIsRead() throws RejectedFrameException {
        byte[] png = codec.encodePng(gradient(8, 4));

        assertThat(new ImageCodec(32).decode(png).size()).isEqualTo(new ImageSize(8, 4));
        refuses(() -> new ImageCodec(31).decode(png), Rejection.IMAGE_TOO_LARGE);
    }

    private static void refuses(ThrowingCallable reading, Rejection reason) {
        assertThatThrownBy(reading).isInstanceOfSatisfying(RejectedFrameException.class, e -> assertThat(e.reason())
                .isEqualTo(reason));
    }

    private static RgbImage gradient(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < rgb.length; i++) {
            int pixel = i / 3;
            rgb[i] = (byte) (2 * (pixel % width) + pixel / width + 20 * (i % 3));
        }
        return new RgbImage(width, height, rgb);
    }

    private static byte[] png(BufferedImage image) throws IOException {
        var out = new ByteArrayOutputStream();
        ImageIO.write(image, "png", out);
        return out.toByteArray();
    }

    /** Signature and IHDR chunk of an 8-bit RGB image, and nothing behind them. */
    private static byte[] pngHeader(int width, int height) {
        ByteBuffer header = ByteBuffer.allocate(33);
        header.put(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
        header.putInt(13).put(new byte[] {'I', 'H', 'D', 'R'});
        header.putInt(width).putInt(height).put(new byte[] {8, 2, 0, 0, 0});
        CRC32 crc = new CRC32();
        crc.update(header.array(), 12, 17);
        header.putInt((int) crc.getValue());
        return header.array();
    }
}
