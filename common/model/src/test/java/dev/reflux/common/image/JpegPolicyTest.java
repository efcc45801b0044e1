package dev.reflux.common.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.common.failure.RejectedFrameException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds what docs/images.md says of JPEG, against files that {@link FlatJpeg} writes. */
class JpegPolicyTest {

    private final ImageCodec codec = ImageCodec.standard();

    static Stream<Arguments> jpegs() {
        int[] luma = {20, 80, 140, 200};
        List<Arguments> all = new ArrayList<>();
        for (boolean progressive : new boolean[] {false, true}) {
            for (int restarts : new int[] {0, 1}) {
                all.add(jpeg("gray", jpeg(progressive, restarts).jfif().component(1, 1, 1, luma), gray(luma)));
                for (int[] sampling : new int[][] {{1, 1}, {2, 1}, {2, 2}, {1, 2}, {4, 1}}) {
                    all.add(jpeg(
                            "YCC " + sampling[0] + "x" + sampling[1],
                            jpeg(progressive, restarts)
                                    .jfif()
                                    .component(1, sampling[0], sampling[1], luma)
                                    .component(2, 1, 1, 100)
                                    .component(3, 1, 1, 160),
                            ycc(luma, 100, 160)));
                }
                all.add(jpeg(
                        "YCC without a marker",
                        jpeg(progressive, restarts)
                                .component(1, 1, 1, luma)
                                .component(2, 1, 1, 100)
                                .component(3, 1, 1, 160),
                        ycc(luma, 100, 160)));
                all.add(jpeg(
                        "YCC of other ids",
                        jpeg(progressive, restarts)
                                .component(0, 1, 1, luma)
                                .component(1, 1, 1, 100)
                                .component(2, 1, 1, 160),
                        ycc(luma, 100, 160)));
                all.add(jpeg(
                        "Adobe YCC",
                        jpeg(progressive, restarts)
                                .adobe(1)
                                .component(1, 1, 1, luma)
                                .component(2, 1, 1, 100)
                                .component(3, 1, 1, 160),
                        ycc(luma, 100, 160)));
                all.add(jpeg(
                        "Adobe RGB",
                        jpeg(progressive, restarts)
                                .adobe(0)
                                .component(1, 1, 1, luma)
                                .component(2, 1, 1, 100)
                                .component(3, 1, 1, 160),
                        rgb(luma, 100, 160)));
                all.add(jpeg(
                        "RGB by its ids",
                        jpeg(progressive, restarts)
                                .component('R', 1, 1, luma)
                                .component('G', 1, 1, 100)
                                .component('B', 1, 1, 160),
                        rgb(luma, 100, 160)));
                all.add(jpeg(
                        "YCC with a damaged profile and ids of letters",
                        jpeg(progressive, restarts)
                                .jfif()
                                .segment(0xE2, 'I', 'C', 'C', '_', 'P', 'R', 'O', 'F', 'I', 'L', 'E', 0, 1, 1, 9, 9)
                                .component('R', 1, 1, luma)
                                .component('G', 1, 1, 100)
                                .component('B', 1, 1, 160),
                        ycc(luma, 100, 160)));
                all.add(jpeg(
                        "Adobe CMYK",
                        jpeg(progressive, restarts)
                                .adobe(0)
                                .component(1, 1, 1, luma)
                                .component(2, 1, 1, 100)
                                .component(3, 1, 1, 160)
                                .component(4, 1, 1, 230),
                        ink(luma, 100, 160, 230)));
                all.add(jpeg(
                        "CMYK",
                        jpeg(progressive, restarts)
                                .component(1, 1, 1, inverse(luma))
                                .component(2, 1, 1, 155)
                                .component(3, 1, 1, 95)
                                .component(4, 1, 1, 25),
                        ink(luma, 100, 160, 230)));
                all.add(jpeg(
                        "Adobe YCCK",
                        jpeg(progressive, restarts)
                                .adobe(2)
                                .component(1, 1, 1, luma)
                                .component(2, 1, 1, 100)
                                .component(3, 1, 1, 160)
                                .component(4, 1, 1, 230),
                        ycck(luma, 100, 160, 230)));
            }
        }
        return all.stream();
    }

    private static FlatJpeg jpeg(boolean progressive, int restarts) {
        FlatJpeg jpeg = new FlatJpeg(16, 16).restarts(restarts);
        return progressive ? jpeg.progressive() : jpeg;
    }

    private static Arguments jpeg(String name, FlatJpeg jpeg, int[][] colors) {
        return Arguments.of(name, jpeg, colors);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("jpegs")
    void givenAJpegOfEveryKind_whenRead_thenEachBlockHasItsColor(String name, FlatJpeg jpeg, int[][] colors)
            throws RejectedFrameException {
        RgbImage image = codec.decode(jpeg.file());

        for (int block = 0; block < 4; block++) {
            // The middle of a block: a decoder may blend chroma towards the edges.
            int at = 3 * ((4 + 8 * (block / 2)) * 16 + 4 + 8 * (block % 2));
            for (int c = 0; c < 3; c++) {
                assertThat(image.rgb()[at + c] & 0xFF)
                        .as("%s, block %d, channel %d", name, block, c)
                        .isBetween(colors[block][c] - 1, colors[block][c] + 1);
            }
        }
    }

    private static int[][] gray(int[] luma) {
        return each(luma, y -> new int[] {y, y, y});
    }

    private static int[][] rgb(int[] red, int green, int blue) {
        return each(red, r -> new int[] {r, green, blue});
    }

    private static int[][] ycc(int[] luma, int cb, int cr) {
        return each(luma, y -> rgbOf(y, cb, cr));
    }

    /** Adobe's inks, where 255 is none. */
    private static int[][] ink(int[] cyan, int magenta, int yellow, int black) {
        return each(cyan, c -> new int[] {c * black / 255, magenta * black / 255, yellow * black / 255});
    }

    private static int[][] ycck(int[] luma, int cb, int cr, int black) {
        return each(luma, y -> {
            int[] rgb = rgbOf(y, cb, cr);
            return new int[] {(255 - rgb[0]) * black / 255, (255 - rgb[1]) * black / 255, (255 - rgb[2]) * black / 255};
        });
    }

    private static int[] rgbOf(int y, int cb, int cr) {
        double[] rgb = {
            y + 1.402 * (cr - 128), y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128), y + 1.772 * (cb - 128)
        };
        return Arrays.stream(rgb)
                .mapToInt(v -> (int) Math.round(Math.max(0, Math.min(255, v))))
                .toArray();
    }

    private static int[] inverse(int[] values) {
        return Arrays.stream(values).map(v -> 255 - v).toArray();
    }

    private static int[][] each(int[] values, IntFunction<int[]> color) {
        return Arrays.stream(values).mapToObj(color).toArray(int[][]::new);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void givenStrayBytesBeforeRestartMarkersAndSegments_whenRead_thenNoPixelIsLost(boolean progressive)
            throws RejectedFrameException {
        FlatJpeg clean = new FlatJpeg(16, 16).jfif().restarts(1).component(1, 1, 1, 20, 80, 140, 200);
        FlatJpeg stray = new FlatJpeg(16, 16)
                .jfif()
                .restarts(1, FlatJpeg.bytes(0, 1, 2, 3, 4, 5))
                .component(1, 1, 1, 20, 80, 140, 200);
        if (progressive) {
            clean.progressive();
            stray.progressive();
        }
        byte[] file = stray.file();
        byte[] shifted = new byte[file.length + 5];
        int behindJfif = 20;
        System.arraycopy(file, 0, shifted, 0, behindJfif);
        System.arraycopy(FlatJpeg.bytes(1, 2, 3, 0xFF, 0xFF), 0, shifted, behindJfif, 5);
        System.arraycopy(file, behindJfif, shifted, behindJfif + 5, file.length - behindJfif);

        byte[] pixels = codec.decode(shifted).rgb();

        assertThat(pixels).containsExactly(codec.decode(clean.file()).rgb());
    }

    @Test
    void givenARestartMarkerOfAnotherNumber_whenRead_thenItIsUnreadable() {
        byte[] file = new FlatJpeg(16, 16)
                .jfif()
                .restarts(1)
                .component(1, 1, 1, 20, 80, 140, 200)
                .file();
        for (int i = 0; i + 1 < file.length; i++) {
            if (file[i] == (byte) 0xFF && file[i + 1] == (byte) 0xD1) {
                file[i + 1] = (byte) 0xD5;
            }
        }

        Refusal.requireUnreadable(codec, file, "orrupt JPEG data");
    }

    static Stream<Arguments> unsupported() {
        return Stream.of(
                Arguments.of(one().precision(12).frame(0xC1), "it has 12 bits a sample; send 8"),
                Arguments.of(one().frame(0xC3), "its compression is lossless"),
                Arguments.of(one().frame(0xC5), "its compression is hierarchical"),
                Arguments.of(one().frame(0xC9), "its compression is arithmetic"),
                Arguments.of(one().component(2, 1, 1, 4), "it has 2 components a pixel"));
    }

    private static FlatJpeg one() {
        return new FlatJpeg(8, 8).component(1, 1, 1, 4);
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("unsupported")
    void givenAJpegThatIsNotSupported_whenRead_thenItsKindIsNamed(FlatJpeg jpeg, String sentence) {
        Refusal.requireUnreadable(codec, jpeg.file(), sentence);
    }

    @Test
    void givenMoreScansThanAnyEncoderMakes_whenOpened_thenItIsRefusedBeforeItIsDecoded() {
        byte[] file = one().progressive().file();
        ByteBuffer many = ByteBuffer.allocate(file.length + 101 * 10);
        many.put(file, 0, file.length - 2);
        for (int i = 0; i < 101; i++) {
            many.put(FlatJpeg.bytes(0xFF, 0xDA, 0, 8, 1, 1, 0, 1, 63, 0));
        }
        many.put(file, file.length - 2, 2);

        Refusal.requireUnreadable(codec, many.array(), "it has more than 100 scans");
    }
}
