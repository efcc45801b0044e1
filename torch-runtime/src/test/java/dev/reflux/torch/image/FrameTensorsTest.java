package dev.reflux.torch.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.model.ModelInput;
import dev.reflux.torch.Torch;
import dev.reflux.torch.TorchRuntime;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrameTensorsTest {

    private static final ModelInput PLAIN = new ModelInput(4, 4, List.of(0f, 0f, 0f), List.of(1f, 1f, 1f));
    private static final ModelInput IMAGENET =
            new ModelInput(4, 4, List.of(0.485f, 0.456f, 0.406f), List.of(0.229f, 0.224f, 0.225f));

    private static TorchRuntime runtime;
    private NDManager manager;

    @BeforeAll
    static void start() {
        runtime = Torch.cpu();
    }

    @AfterAll
    static void stop() {
        runtime.close();
    }

    @BeforeEach
    void open() {
        runtime.useThisThread();
        manager = runtime.manager().newSubManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private static RgbImage image(int seed, int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        new Random(seed).nextBytes(rgb);
        return new RgbImage(width, height, rgb);
    }

    /** The image in 0..1 as PyTorch would hold it. */
    private NDArray tensor(RgbImage image) {
        float[] planes = new float[image.rgb().length];
        int pixels = image.width() * image.height();
        for (int i = 0; i < planes.length; i++) {
            planes[i % 3 * pixels + i / 3] = (image.rgb()[i] & 0xFF) / 255f;
        }
        return Torch.floats(manager, new long[] {1, 3, image.height(), image.width()}, planes);
    }

    private static void assertClose(float[] actual, float[] expected, float tolerance) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.length; i++) {
            assertThat(actual[i]).isCloseTo(expected[i], within(tolerance));
        }
    }

    @Test
    void givenImagesOfTheViewsSize_whenBatched_thenEachChannelIsNormalised() {
        RgbImage first = image(1, 5, 3);
        RgbImage second = image(2, 5, 3);

        NDArray batch = new FrameTensors().batch(manager, List.of(first, second), new ImageSize(5, 3), IMAGENET);

        assertThat(batch.getShape()).isEqualTo(new Shape(2, 3, 3, 5));
        for (int c = 0; c < 3; c++) {
            NDArray expected = tensor(second)
                    .get("0, " + c)
                    .sub(IMAGENET.mean().get(c))
                    .div(IMAGENET.std().get(c));
            assertClose(batch.get("1, " + c).toFloatArray(), expected.toFloatArray(), 1e-5f);
        }
    }

    @ParameterizedTest(name = "{0}x{1} to {2}x{3}")
    @CsvSource({"4,3,8,6", "5,7,13,9", "5,3,5,9"})
    void givenASmallerImage_whenBatched_thenItGrowsBilinearly(int w, int h, int width, int height) {
        RgbImage image = image(3, w, h);

        NDArray batch = new FrameTensors().batch(manager, List.of(image), new ImageSize(width, height), PLAIN);

        NDArray expected = runtime.helper().resize(manager, tensor(image), height, width);
        assertClose(batch.toFloatArray(), expected.toFloatArray(), 1e-5f);
    }

    @ParameterizedTest(name = "{0}x{1} to {2}x{3}")
    @CsvSource({"40,30,8,6", "41,29,13,9"})
    void givenALargerImage_whenBatched_thenItShrinksAsTorchAntialiases(int w, int h, int width, int height) {
        RgbImage image = image(3, w, h);

        NDArray batch = new FrameTensors().batch(manager, List.of(image), new ImageSize(width, height), PLAIN);

        NDArray expected = tensor(image).getNDArrayInternal().interpolation(new long[] {height, width}, 1, false);
        assertClose(batch.toFloatArray(), expected.toFloatArray(), 1e-4f);
    }

    @ParameterizedTest
    @CsvSource({"6,4", "9,5"})
    void givenAFlip_whenBatched_thenColumnsAreExchanged(int w, int h) {
        RgbImage image = image(3, w, h);
        ImageSize view = new ImageSize(6, 4);

        float[] flipped = new FrameTensors()
                .batch(manager, List.of(image), view, PLAIN, List.of(Augmentation.NONE.withFlip(true)))
                .toFloatArray();

        NDArray plain = new FrameTensors().batch(manager, List.of(image), view, PLAIN);
        assertClose(flipped, plain.flip(3).toFloatArray(), 0);
    }

    @Test
    void givenPhotometricFactors_whenBatched_thenTheyActInTheirOrder() {
        RgbImage image = new RgbImage(1, 2, new byte[] {(byte) 51, (byte) 102, (byte) 153, 0, 0, 0});
        Augmentation how = new Augmentation(false, 1.5f, 0.5f, 2);

        float[] rgb = new FrameTensors()
                .batch(manager, List.of(image), new ImageSize(1, 2), PLAIN, List.of(how))
                .toFloatArray();

        // Brightness: 0.3, 0.6, 0.9; contrast half way to the mean gray; saturation twice from each pixel's gray.
        double mean = (0.299 * 0.3 + 0.587 * 0.6 + 0.114 * 0.9) / 2;
        double[] half = {(0.3 + mean) / 2, (0.6 + mean) / 2, (0.9 + mean) / 2};
        double gray = 0.299 * half[0] + 0.587 * half[1] + 0.114 * half[2];
        for (int c = 0; c < 3; c++) {
            double expected = Math.max(0, Math.min(1, gray + 2 * (half[c] - gray)));
            assertThat((double) rgb[2 * c]).isCloseTo(expected, within(1e-5));
        }
    }

    @Test
    void givenBrightnessAlone_whenBatched_thenValuesAreClampedToWhite() {
        RgbImage image = new RgbImage(1, 1, new byte[] {(byte) 200, 10, 0});

        float[] rgb = new FrameTensors()
                .batch(manager, List.of(image), new ImageSize(1, 1), PLAIN, List.of(new Augmentation(false, 2, 1, 1)))
                .toFloatArray();

        assertThat(rgb).containsExactly(1, 20 / 255f, 0);
    }

    @Test
    void givenOneSeed_whenFactorsAreDrawn_thenTheyAreTheSameAndInRange() {
        Augmentation first = Augmentation.photometric(new Random(5), 0.4f);

        assertThat(first).isEqualTo(Augmentation.photometric(new Random(5), 0.4f));
        assertThat(first.brightness()).isBetween(0.6f, 1.4f).isNotEqualTo(first.contrast());
    }

    @Test
    void givenABatchAfterALargerOne_whenRead_thenItHasItsOwnValues() {
        FrameTensors frames = new FrameTensors();
        ImageSize view = new ImageSize(6, 4);
        frames.batch(manager, List.of(image(1, 6, 4), image(2, 6, 4)), view, PLAIN);

        NDArray second = frames.batch(manager, List.of(image(3, 6, 4)), view, PLAIN);

        assertThat(second.toFloatArray())
                .isEqualTo(new FrameTensors()
                        .batch(manager, List.of(image(3, 6, 4)), view, PLAIN)
                        .toFloatArray());
    }

    @Test
    void givenNoImages_whenBatched_thenItIsRefused() {
        assertThatThrownBy(() -> new FrameTensors().batch(manager, List.of(), new ImageSize(1, 1), PLAIN))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
