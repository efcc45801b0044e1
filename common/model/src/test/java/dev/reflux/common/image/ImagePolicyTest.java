package dev.reflux.common.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.Rejection;
import dev.reflux.common.label.LabelClass;
import dev.reflux.common.label.LabelMapCodec;
import dev.reflux.common.label.LabelSchema;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds docs/images.md: what the decoder gives for every kind of file, against files written by {@link PlainPng} and {@link FlatJpeg}. */
class ImagePolicyTest {

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

        refuses(file, "a pixel has color 2 of a palette of 2");
    }

    @Test
    void givenAChunkThatIsNeededAndUnknown_whenRead_thenItIsUnreadable() {
        byte[] file = new PlainPng(1, 1, 8, 0, false).with("NEWX", new byte[1]).file(1);

        refuses(file, "damaged or truncated at byte 33");
    }

    @ParameterizedTest
    @CsvSource({"3, 0", "8, 5", "32, 2", "4, 6"})
    void givenADepthThatDoesNotExist_whenRead_thenItIsRefusedByItsHeader(int depth, int type) {
        byte[] file = new PlainPng(1, 1, 8, 0, false).file(1);
        ByteBuffer header = ByteBuffer.wrap(file);
        header.put(24, (byte) depth).put(25, (byte) type);
        byte[] right = PlainPng.chunk("IHDR", java.util.Arrays.copyOfRange(file, 16, 29));
        System.arraycopy(right, 0, file, 8, right.length);

        refuses(file, "of " + depth + " bits and color type " + type);
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
            gray.with("eXIf", tiff(6, ByteOrder.BIG_ENDIAN));
            palette.with("eXIf", tiff(6, ByteOrder.BIG_ENDIAN));
        }

        assertThat(labels.decode(gray.file(0, 1, 255), schema, 3, 1).ids()).containsExactly(0, 1, 255);
        assertThat(labels.decode(palette.file(0, 1, 255), schema, 3, 1).ids()).containsExactly(0, 1, 255);
    }

    @ParameterizedTest(name = "orientation {0}")
    @CsvSource({
        "1, ABC/DEF",
        "2, CBA/FED",
        "3, FED/CBA",
        "4, DEF/ABC",
        "5, AD/BE/CF",
        "6, DA/EB/FC",
        "7, FC/EB/DA",
        "8, CF/BE/AD",
        "0, ABC/DEF",
        "9, ABC/DEF"
    })
    void givenAnOrientation_whenRead_thenTheImageIsUpright(int orientation, String upright)
            throws RejectedFrameException {
        FlatJpeg jpeg = new FlatJpeg(24, 16).jfif().component(1, 1, 1, 10, 50, 90, 130, 170, 210);
        List<byte[]> files = List.of(
                jpeg.exif(tiff(orientation, ByteOrder.BIG_ENDIAN)).file(),
                new FlatJpeg(24, 16)
                        .exif(tiff(orientation, ByteOrder.LITTLE_ENDIAN))
                        .component(1, 1, 1, 10, 50, 90, 130, 170, 210)
                        .file(),
                new PlainPng(24, 16, 8, 0, false)
                        .with("eXIf", tiff(orientation, ByteOrder.LITTLE_ENDIAN))
                        .file(blocks(24, 16)));

        for (byte[] file : files) {
            RgbImage image = codec.decode(file);

            String[] rows = upright.split("/");
            assertThat(image.size()).isEqualTo(new ImageSize(8 * rows[0].length(), 8 * rows.length));
            assertThat(codec.probe(file)).isEqualTo(image.size());
            for (int y = 0; y < image.height(); y++) {
                for (int x = 0; x < image.width(); x++) {
                    int wanted = 10 + 40 * (rows[y / 8].charAt(x / 8) - 'A');
                    assertThat(image.rgb()[3 * (y * image.width() + x)] & 0xFF).isEqualTo(wanted);
                }
            }
        }
    }

    private static int[] blocks(int width, int height) {
        int[] samples = new int[width * height];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = 10 + 40 * (i % width / 8 + i / width / 8 * (width / 8));
        }
        return samples;
    }

    /** Returns TIFF data whose first directory has an orientation behind another entry. */
    private static byte[] tiff(int orientation, ByteOrder order) {
        ByteBuffer tiff = ByteBuffer.allocate(38).order(order);
        tiff.put(order == ByteOrder.BIG_ENDIAN ? new byte[] {'M', 'M'} : new byte[] {'I', 'I'});
        tiff.putShort((short) 42).putInt(8).putShort((short) 2);
        tiff.putShort((short) 0x010F).putShort((short) 2).putInt(1).putInt(0);
        tiff.putShort((short) 0x0112).putShort((short) 3).putInt(1).putShort((short) orientation);
        return tiff.array();
    }

    @Test
    void givenALabelOfTheStoredSize_whenTheImageWasTurned_thenItIsRefusedInOneSentence() throws RejectedFrameException {
        LabelSchema schema = LabelSchema.of("two", List.of(new LabelClass(0, "a", 1), new LabelClass(1, "b", 2)));
        RgbImage image = codec.decode(new PlainPng(3, 1, 8, 0, false)
                .with("eXIf", tiff(6, ByteOrder.BIG_ENDIAN))
                .file(1, 2, 3));
        byte[] label = new PlainPng(3, 1, 8, 0, false).file(0, 1, 1);

        assertThatThrownBy(() -> labels.decode(label, schema, image.width(), image.height()))
                .isInstanceOf(RejectedFrameException.class)
                .hasMessage("The label is 3x1 and the image 1x3; they must be alike (an image is turned upright by its "
                        + "EXIF orientation, a label never is).");
    }

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
        return java.util.Arrays.stream(rgb)
                .mapToInt(v -> (int) Math.round(Math.max(0, Math.min(255, v))))
                .toArray();
    }

    private static int[] inverse(int[] values) {
        return java.util.Arrays.stream(values).map(v -> 255 - v).toArray();
    }

    private static int[][] each(int[] values, java.util.function.IntFunction<int[]> color) {
        return java.util.Arrays.stream(values).mapToObj(color).toArray(int[][]::new);
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

        refuses(file, "orrupt JPEG data");
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
        refuses(jpeg.file(), sentence);
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

        refuses(many.array(), "it has more than 100 scans");
    }

    @Test
    void givenAnyDamage_whenRead_thenNothingButARefusalComesOfIt() {
        Random random = new Random(5);
        List<byte[]> files = List.of(
                new FlatJpeg(16, 16)
                        .exif(tiff(6, ByteOrder.LITTLE_ENDIAN))
                        .restarts(1)
                        .component(1, 2, 2, 20, 80, 140, 200)
                        .component(2, 1, 1, 9)
                        .component(3, 1, 1, 9)
                        .file(),
                new FlatJpeg(8, 8)
                        .adobe(2)
                        .progressive()
                        .component(1, 1, 1, 3)
                        .component(2, 1, 1, 9)
                        .component(3, 1, 1, 9)
                        .component(4, 1, 1, 9)
                        .file(),
                new PlainPng(5, 5, 4, 3, true)
                        .with("PLTE", new byte[48])
                        .with("eXIf", tiff(3, ByteOrder.BIG_ENDIAN))
                        .file(new int[25]),
                new PlainPng(5, 5, 16, 6, true).file(new int[100]));
        ImageCodec small = new ImageCodec(1 << 20);

        int read = 0;
        for (int i = 0; i < 4000; i++) {
            byte[] damaged = files.get(i % files.size()).clone();
            for (int change = random.nextInt(4); change >= 0; change--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            byte[] part = java.util.Arrays.copyOf(damaged, damaged.length - (i % 3 == 0 ? random.nextInt(40) : 0));
            try {
                read += small.decode(part).width() > 0 ? 1 : 0;
            } catch (RejectedFrameException e) {
                assertThat(e).hasMessageMatching("(?s)[A-Z].+\\.");
            }
        }
        assertThat(read).isBetween(1, 3999);
    }

    private void refuses(byte[] file, String sentence) {
        assertThatThrownBy(() -> codec.decode(file))
                .isInstanceOfSatisfying(RejectedFrameException.class, e -> assertThat(e.reason())
                        .isEqualTo(Rejection.UNREADABLE_IMAGE))
                .hasMessageContaining(sentence);
    }

    /** A folder of X.jpg or X.png, each with the pixels that it must give as X.expected.png. */
    @Test
    void givenAFolderOfCases_whenRead_thenEachGivesItsExpectedPixels() throws Exception {
        String folder = System.getenv("REFLUX_IMAGE_CASES");
        assumeThat(folder)
                .as("no cases here: set REFLUX_IMAGE_CASES to their folder")
                .isNotNull();
        try (Stream<Path> list = Files.list(Path.of(folder))) {
            for (Path expected :
                    list.filter(f -> f.toString().endsWith(".expected.png")).toList()) {
                String name = expected.getFileName().toString().replace(".expected.png", "");
                Path jpeg = expected.resolveSibling(name + ".jpg");
                Path file = Files.exists(jpeg) ? jpeg : expected.resolveSibling(name + ".png");

                RgbImage image = codec.decode(Files.readAllBytes(file));

                RgbImage wanted = codec.decode(Files.readAllBytes(expected));
                double sum = 0;
                int most = 0;
                for (int i = 0; i < wanted.rgb().length; i++) {
                    int error = Math.abs((image.rgb()[i] & 0xFF) - (wanted.rgb()[i] & 0xFF));
                    sum += error;
                    most = Math.max(most, error);
                }
                System.out.printf("%s: mean %.3f, most %d%n", name, sum / wanted.rgb().length, most);
                assertThat(sum / wanted.rgb().length).as(name).isLessThan(name.contains("cmyk") ? 12 : 0.5);
                assertThat(most).as(name).isLessThanOrEqualTo(name.contains("cmyk") ? 255 : 2);
            }
        }
    }
}
