package dev.reflux.common.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.label.LabelClass;
import dev.reflux.common.label.LabelMapCodec;
import dev.reflux.common.label.LabelSchema;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Holds what docs/images.md says of the EXIF orientation. */
class ImageOrientationTest {

    private final ImageCodec codec = ImageCodec.standard();

    private final LabelMapCodec labels = new LabelMapCodec();

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
                jpeg.exif(ExifTiff.of(orientation, ByteOrder.BIG_ENDIAN)).file(),
                new FlatJpeg(24, 16)
                        .exif(ExifTiff.of(orientation, ByteOrder.LITTLE_ENDIAN))
                        .component(1, 1, 1, 10, 50, 90, 130, 170, 210)
                        .file(),
                new PlainPng(24, 16, 8, 0, false)
                        .with("eXIf", ExifTiff.of(orientation, ByteOrder.LITTLE_ENDIAN))
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

    @Test
    void givenALabelOfTheStoredSize_whenTheImageWasTurned_thenItIsRefusedInOneSentence() throws RejectedFrameException {
        LabelSchema schema = LabelSchema.of("two", List.of(new LabelClass(0, "a", 1), new LabelClass(1, "b", 2)));
        RgbImage image = codec.decode(new PlainPng(3, 1, 8, 0, false)
                .with("eXIf", ExifTiff.of(6, ByteOrder.BIG_ENDIAN))
                .file(1, 2, 3));
        byte[] label = new PlainPng(3, 1, 8, 0, false).file(0, 1, 1);

        assertThatThrownBy(() -> labels.decode(label, schema, image.width(), image.height()))
                .isInstanceOf(RejectedFrameException.class)
                .hasMessage("The label is 3x1 and the image 1x3; they must be alike (an image is turned upright by its "
                        + "EXIF orientation, a label never is).");
    }
}
