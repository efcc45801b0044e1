package dev.reflux.common.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.Rejection;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class LabelMapCodecTest {

    private static final LabelSchema THREE = LabelSchema.of(
            "three",
            List.of(
                    new LabelClass(0, "road", 0x808080),
                    new LabelClass(1, "sky", 0xFF),
                    new LabelClass(2, "car", 0xFF0000)));

    private final LabelMapCodec codec = new LabelMapCodec();

    @Property(tries = 100)
    void givenAnyLabel_whenWrittenAndRead_thenEveryPixelArrives(
            @ForAll @IntRange(min = 1, max = 33) int width,
            @ForAll @IntRange(min = 1, max = 33) int height,
            @ForAll long seed)
            throws RejectedFrameException {
        LabelMap label = random(width, height, seed);

        LabelMap read = codec.decode(codec.encode(label), THREE, width, height);

        assertThat(read.ids()).containsExactly(label.ids());
    }

    @Test
    void givenRawIds_whenRead_thenTheyBecomeClassesAndTheRestIsIgnored() throws RejectedFrameException {
        LabelSchema mapped = LabelSchema.of("mapped", THREE.classes(), Map.of(7, 0, 26, 2));
        byte[] png = codec.encode(new LabelMap(4, 1, new byte[] {7, 26, 3, (byte) 255}));

        LabelMap read = codec.decode(png, mapped);

        assertThat(read.ids()).containsExactly((byte) 0, (byte) 2, (byte) 255, (byte) 255);
    }

    @Test
    void givenAPalettePng_whenRead_thenItsIndicesAreTheClasses() throws IOException, RejectedFrameException {
        byte[] level = {10, 20, 30, 40};
        var palette = new IndexColorModel(8, 4, level, level, level);
        var image = new BufferedImage(3, 1, BufferedImage.TYPE_BYTE_INDEXED, palette);
        image.getRaster().setDataElements(0, 0, 3, 1, new byte[] {2, 0, 1});

        LabelMap read = codec.decode(png(image), THREE);

        assertThat(read.ids()).containsExactly(2, 0, 1);
    }

    @Test
    void givenAClassOutOfRange_whenRead_thenThePixelIsNamed() {
        byte[] png = codec.encode(new LabelMap(2, 2, new byte[] {0, 1, 2, 3}));

        refuses(() -> codec.decode(png, THREE), Rejection.CLASS_OUT_OF_RANGE, "(1, 1) is 3");
    }

    @Test
    void givenAnotherSize_whenRead_thenBothSizesAreNamed() {
        byte[] png = codec.encode(random(4, 3, 1));

        refuses(() -> codec.decode(png, THREE, 8, 6), Rejection.LABEL_SIZE_MISMATCH, "4x3", "8x6");
    }

    @Test
    void givenA16BitOrRgbLabel_whenRead_thenItIsNot8BitGray() throws IOException {
        byte[] deep = png(new BufferedImage(2, 2, BufferedImage.TYPE_USHORT_GRAY));
        byte[] rgb = png(new BufferedImage(2, 2, BufferedImage.TYPE_INT_RGB));
        byte[] bits = png(new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_BINARY));

        for (byte[] bad : List.of(deep, rgb, bits)) {
            refuses(() -> codec.decode(bad, THREE), Rejection.LABEL_NOT_8_BIT_GRAY, "8-bit one-channel");
        }
    }

    @Test
    void givenEveryTruncation_whenRead_thenItIsUnreadable() {
        byte[] png = codec.encode(random(9, 9, 3));

        for (int length = 0; length < png.length; length++) {
            byte[] part = Arrays.copyOf(png, length);
            refuses(() -> codec.decode(part, THREE), Rejection.UNREADABLE_LABEL);
        }
    }

    @Test
    void givenAnyChangedByteInTheData_whenRead_thenItIsUnreadable() {
        byte[] png = codec.encode(random(9, 9, 3));

        // Behind signature and header chunk.
        for (int at = 33; at < png.length; at++) {
            byte[] damaged = png.clone();
            damaged[at] ^= 0x10;
            refuses(() -> codec.decode(damaged, THREE), Rejection.UNREADABLE_LABEL);
        }
    }

    private static void refuses(ThrowingCallable reading, Rejection reason, String... words) {
        assertThatThrownBy(reading)
                .isInstanceOfSatisfying(RejectedFrameException.class, e -> assertThat(e.reason())
                        .isEqualTo(reason))
                .satisfies(e -> assertThat(words).allSatisfy(w -> assertThat(e).hasMessageContaining(w)));
    }

    private static byte[] png(BufferedImage image) throws IOException {
        var out = new ByteArrayOutputStream();
        ImageIO.write(image, "png", out);
        return out.toByteArray();
    }

    private static LabelMap random(int width, int height, long seed) {
        byte[] ids = new byte[width * height];
        Random random = new Random(seed);
        for (int i = 0; i < ids.length; i++) {
            int id = random.nextInt(4);
            ids[i] = (byte) (id == 3 ? LabelSchema.IGNORE : id);
        }
        return new LabelMap(width, height, ids);
    }
}
