package dev.reflux.common.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.Rejection;
import dev.reflux.common.label.LabelClass;
import dev.reflux.common.label.LabelMapCodec;
import dev.reflux.common.label.LabelSchema;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds what docs/images.md says of PNG, against files that {@link PlainPng} writes. */
class PngPolicyTest {

    private static final int WIDTH = 11;

    private static final int HEIGHT = 9;

    private final ImageCodec codec = ImageCodec.standard();

    private final LabelMapCodec labels = new LabelMapCodec();

    static Stream<Arguments> pngs() {
        List<Arguments> all = new ArrayList<>();
        int[][] depths = {{1, 2, 4, 8, 16}, {}, {8, 16}, {1, 2, 4, 8}, {8, 16}, {}, {8, 16}};
        for (int type = 0; type < depths.length; type++) {
            for (int depth : depths[type]) {
                for (boolean interlaced : new boolean[] {false, true}) {
                    for (String extra : List.of("none", "tRNS", "color")) {
                        all.add(Arguments.of(type, depth, interlaced, extra));
                    }
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest(name = "color type {0}, {1} bits, interlaced {2}, chunks {3}")
    @MethodSource("pngs")
    void givenAPngOfEveryKind_whenRead_thenItsColorsAreTheFilesNumbers(
            int type, int depth, boolean interlaced, String extra) throws RejectedFrameException {
        PlainPng png = new PlainPng(WIDTH, HEIGHT, depth, type, interlaced);
        Random random = new Random(31L * type + depth);
        byte[] palette = new byte[3 << Math.min(8, depth)];
        random.nextBytes(palette);
        int[] samples = new int[WIDTH * HEIGHT * png.channels()];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = random.nextInt(1 << depth);
        }
        if (extra.equals("color")) {
            // A gamma of 1.0, primaries of another space, and the start of a profile: none of them changes a number.
            png.with("gAMA", FlatJpeg.bytes(0, 1, 0x86, 0xA0));
            png.with("cHRM", new byte[32]);
            png.with("iCCP", "odd\0\0damaged".getBytes(StandardCharsets.US_ASCII));
        }
        if (type == 3) {
            png.with("PLTE", palette);
        }
        if (extra.equals("tRNS") && type < 4) {
            png.with("tRNS", transparency(type, samples));
        }
        byte[] file = png.withLate("tEXt", (byte) 'a', (byte) 0).file(samples);

        RgbImage image = codec.decode(file);

        assertThat(image.rgb()).containsExactly(expected(type, depth, png.channels(), samples, palette));
        assertThat(codec.probe(file)).isEqualTo(new ImageSize(WIDTH, HEIGHT));
    }

    /** Marks the colors of the first pixel as transparent; of a palette, all. */
    private static byte[] transparency(int type, int[] samples) {
        return switch (type) {
            case 0 -> FlatJpeg.bytes(samples[0] >> 8, samples[0]);
            case 2 ->
                FlatJpeg.bytes(samples[0] >> 8, samples[0], samples[1] >> 8, samples[1], samples[2] >> 8, samples[2]);
            default -> new byte[2];
        };
    }

    private static byte[] expected(int type, int depth, int channels, int[] samples, byte[] palette) {
        byte[] rgb = new byte[3 * WIDTH * HEIGHT];
        for (int pixel = 0; pixel < WIDTH * HEIGHT; pixel++) {
            for (int c = 0; c < 3; c++) {
                int sample = samples[pixel * channels + (channels < 3 ? 0 : c)];
                rgb[3 * pixel + c] =
                        type == 3 ? palette[3 * sample + c] : (byte) Math.round(sample * 255.0 / ((1 << depth) - 1));
            }
        }
        return rgb;
    }

    @Test
    void givenAColorOutsideOfThePalette_whenRead_thenItIsUnreadable() {
        byte[] file = new PlainPng(2, 1, 8, 3, false).with("PLTE", new byte[6]).file(1, 2);

        Refusal.requireUnreadable(codec, file, "a pixel has color 2 of a palette of 2");
    }

    @Test
    void givenAChunkThatIsNeededAndUnknown_whenRead_thenItIsUnreadable() {
        byte[] file = new PlainPng(1, 1, 8, 0, false).with("NEWX", new byte[1]).file(1);

        Refusal.requireUnreadable(codec, file, "damaged or truncated at byte 33");
    }

    @ParameterizedTest
    @CsvSource({"3, 0", "8, 5", "32, 2", "4, 6"})
    void givenADepthThatDoesNotExist_whenRead_thenItIsRefusedByItsHeader(int depth, int type) {
        byte[] file = new PlainPng(1, 1, 8, 0, false).file(1);
        ByteBuffer header = ByteBuffer.wrap(file);
        header.put(24, (byte) depth).put(25, (byte) type);
        byte[] right = PlainPng.chunk("IHDR", Arrays.copyOfRange(file, 16, 29));
        System.arraycopy(right, 0, file, 8, right.length);

        Refusal.requireUnreadable(codec, file, "of " + depth + " bits and color type " + type);
    }

    @Test
    void givenSixteenBitsInEachOfFourChannels_whenOverFourBytesForEachPixelOfTheLimit_thenItIsTooLarge()
            throws RejectedFrameException {
        byte[] deep = new PlainPng(4, 2, 16, 6, false).file(new int[32]);
        byte[] flat = new PlainPng(4, 2, 8, 6, false).file(new int[32]);
        ImageCodec eight = new ImageCodec(8);

        assertThat(eight.decode(flat).size()).isEqualTo(new ImageSize(4, 2));
        assertThatThrownBy(() -> eight.decode(deep))
                .isInstanceOfSatisfying(RejectedFrameException.class, e -> assertThat(e.reason())
                        .isEqualTo(Rejection.IMAGE_TOO_LARGE))
                .hasMessageContaining("4x2 of 8 bytes a pixel, over the limit of 8 pixels");
    }

    @ParameterizedTest(name = "tRNS {0}, eXIf {1}")
    @CsvSource({"true, false", "false, true"})
    void givenALabelWithExtraChunks_whenRead_thenItsBytesAreTheRawValuesAndItIsNotTurned(boolean clear, boolean turned)
            throws RejectedFrameException {
        LabelSchema schema = LabelSchema.of("two", List.of(new LabelClass(0, "a", 1), new LabelClass(1, "b", 2)));
        PlainPng gray = new PlainPng(3, 1, 8, 0, false);
        PlainPng palette = new PlainPng(3, 1, 8, 3, false).with("PLTE", new byte[768]);
        if (clear) {
            gray.with("tRNS", FlatJpeg.bytes(0, 255));
            palette.with("tRNS", new byte[256]);
        }
        if (turned) {
            gray.with("eXIf", ExifTiff.of(6, ByteOrder.BIG_ENDIAN));
            palette.with("eXIf", ExifTiff.of(6, ByteOrder.BIG_ENDIAN));
        }

        assertThat(labels.decode(gray.file(0, 1, 255), schema, 3, 1).ids()).containsExactly(0, 1, 255);
        assertThat(labels.decode(palette.file(0, 1, 255), schema, 3, 1).ids()).containsExactly(0, 1, 255);
    }
}
