package dev.reflux.common.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.reflux.common.failure.RejectedFrameException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds what docs/images.md says of damaged files. */
class DamagedImageTest {

    private final ImageCodec codec = ImageCodec.standard();

    @Test
    void givenAnyDamage_whenRead_thenNothingButARefusalComesOfIt() {
        Random random = new Random(5);
        List<byte[]> files = List.of(
                new FlatJpeg(16, 16)
                        .exif(ExifTiff.of(6, ByteOrder.LITTLE_ENDIAN))
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
                        .with("eXIf", ExifTiff.of(3, ByteOrder.BIG_ENDIAN))
                        .file(new int[25]),
                new PlainPng(5, 5, 16, 6, true).file(new int[100]));
        ImageCodec small = new ImageCodec(1 << 20);

        int read = 0;
        for (int i = 0; i < 4000; i++) {
            byte[] damaged = files.get(i % files.size()).clone();
            for (int change = random.nextInt(4); change >= 0; change--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            byte[] part = Arrays.copyOf(damaged, damaged.length - (i % 3 == 0 ? random.nextInt(40) : 0));
            try {
                read += small.decode(part).width() > 0 ? 1 : 0;
            } catch (RejectedFrameException e) {
                assertThat(e).hasMessageMatching("(?s)[A-Z].+\\.");
            }
        }
        assertThat(read).isBetween(1, 3999);
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
