package dev.reflux.torch.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorShape;
import dev.reflux.torch.Torch;
import dev.reflux.torch.TorchRuntime;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Windows and flips of a frame and of the tensors that belong to it. */
class WindowsTest {

    /** A map whose value says class, row and column. */
    private static LogitMap coordinates(int classes, int height, int width) {
        float[] values = new float[classes * height * width];
        for (int i = 0; i < values.length; i++) {
            values[i] = i / (height * width) * 10_000 + i / width % height * 100 + i % width;
        }
        return new LogitMap(new TensorShape(classes, height, width), values);
    }

    private static LabelMap label(int width, int height) {
        byte[] ids = new byte[width * height];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (byte) (i % width * 7 + i / width);
        }
        return new LabelMap(width, height, ids);
    }

    @Test
    void givenAWindow_whenCut_thenEveryPartOfTheFrameShowsTheSamePlace() {
        GridCrop crop = new GridCrop(16, 8, 24, 16);
        byte[] rgb = new byte[3 * 64 * 48];
        new Random(1).nextBytes(rgb);

        RgbImage image = crop.of(new RgbImage(64, 48, rgb));
        LabelMap label = crop.of(label(64, 48));
        LogitMap logits = crop.of(coordinates(2, 6, 8), 8);

        assertThat(image.size()).isEqualTo(new ImageSize(24, 16));
        assertThat(image.rgb()[3 * (5 * 24 + 2) + 1]).isEqualTo(rgb[3 * (13 * 64 + 18) + 1]);
        assertThat(label.at(2, 5)).isEqualTo(label(64, 48).at(18, 13));
        assertThat(logits.shape()).isEqualTo(new TensorShape(2, 2, 3));
        assertThat(logits.values())
                .containsExactly(102, 103, 104, 202, 203, 204, 10102, 10103, 10104, 10202, 10203, 10204);
    }

    @Property
    void givenAnySeed_whenAWindowIsDrawn_thenItLiesOnTheGridAndInTheFrame(
            @ForAll int seed,
            @ForAll @IntRange(min = 64, max = 500) int width,
            @ForAll @IntRange(min = 64, max = 500) int height) {
        GridCrop crop = GridCrop.draw(new Random(seed), new ImageSize(width, height), new ImageSize(128, 64), 16);

        assertThat(crop.left() % 16 + crop.top() % 16).isZero();
        assertThat(crop.left() + crop.width()).isLessThanOrEqualTo(width);
        assertThat(crop.top() + crop.height()).isLessThanOrEqualTo(height);
        assertThat(crop.width()).isEqualTo(Math.min(128, width));
    }

    @Test
    void givenAWindowOffTheGrid_whenATensorIsCut_thenItIsRefused() {
        assertThatThrownBy(() -> new GridCrop(4, 0, 8, 8).of(coordinates(1, 4, 4), 8))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> GridCrop.draw(new Random(1), new ImageSize(64, 64), new ImageSize(20, 32), 16))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void givenAFrame_whenFlippedTwice_thenItIsAsBefore() {
        LabelMap label = label(7, 3);
        LogitMap logits = coordinates(2, 3, 5);
        RgbImage image = new RgbImage(2, 1, new byte[] {1, 2, 3, 4, 5, 6});

        assertThat(Flip.of(image).rgb()).containsExactly(4, 5, 6, 1, 2, 3);
        assertThat(Flip.of(label).at(0, 2)).isEqualTo(label.at(6, 2));
        assertThat(Flip.of(Flip.of(label)).ids()).isEqualTo(label.ids());
        assertThat(Flip.of(logits).values()[5]).isEqualTo(104);
        assertThat(Flip.of(Flip.of(logits)).values()).isEqualTo(logits.values());
        assertThat(Flip.fits(480, 30)).isTrue();
        // Stride 16, rounded up: the last cell reaches beyond the frame.
        assertThat(Flip.fits(360, 23)).isFalse();
        assertThat(Flip.fits(24, 2)).isFalse();
    }

    @Test
    void givenMaps_whenMadeATensorAndReadAgain_thenTheyAreTheSame() {
        try (TorchRuntime runtime = Torch.cpu()) {
            LogitMap first = coordinates(2, 3, 5);
            LogitMap second = Flip.of(first);

            try (NDArray tensor = LogitTensors.batch(runtime.manager(), new DirectMemory(), List.of(first, second))) {
                List<LogitMap> maps = LogitTensors.maps(tensor);

                assertThat(tensor.getShape().getShape()).containsExactly(2, 2, 3, 5);
                assertThat(maps.get(0).values()).isEqualTo(first.values());
                assertThat(maps.get(1).values()).isEqualTo(second.values());
                assertThat(LogitTensors.frames(tensor).get(1).get(0)).isEqualTo(second.values()[0]);
            }
        }
    }
}
