package dev.reflux.torch.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.torch.Torch;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.image.FrameTensors;
import dev.reflux.torch.image.Predictions;
import dev.reflux.torch.model.SegmentationModel.Mode;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SegmenterTest {

    private static TorchRuntime runtime;
    private static SegmentationModel model;

    @BeforeAll
    static void start() {
        runtime = Torch.cpu();
        model = SegmentationModel.load(
                runtime, Path.of("..", "models", "fixtures", "tiny-teacher.json"), Mode.INFERENCE);
    }

    @AfterAll
    static void stop() {
        model.close();
        runtime.close();
    }

    private static RgbImage image(int seed, int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        new Random(seed).nextBytes(rgb);
        return new RgbImage(width, height, rgb);
    }

    @Test
    void givenMoreImagesThanABatch_whenPredicted_thenEachMapIsTheOneOfItsImageAlone() {
        List<RgbImage> images =
                IntStream.range(0, 5).mapToObj(i -> image(i, 60 + i, 40)).toList();
        ImageSize view = new ImageSize(48, 32);

        List<LabelMap> maps = new Segmenter(runtime, model, view, 2).predict(images);

        assertThat(maps).hasSize(5);
        for (int i = 0; i < 5; i++) {
            assertThat(maps.get(i).width()).isEqualTo(60 + i);
            try (NDManager scratch = runtime.manager().newSubManager()) {
                var x = new FrameTensors()
                        .batch(
                                scratch,
                                List.of(images.get(i)),
                                view,
                                model.card().input());
                byte[] alone = new Predictions()
                        .argmax(model.forward(scratch, x).logits(), 60 + i, 40)
                        .get(0)
                        .ids();
                // Kernels may differ by rounding between batch sizes.
                int index = i;
                assertThat(IntStream.range(0, alone.length)
                                .filter(p -> alone[p] != maps.get(index).ids()[p]))
                        .hasSizeLessThan(alone.length / 500);
            }
        }
    }

    @Test
    void givenPredictions_whenDone_thenNoTensorIsLeft() {
        int before = runtime.manager().getManagedArrays().size();

        new Segmenter(runtime, model).predict(image(1, 96, 64));

        assertThat(runtime.manager().getManagedArrays()).hasSize(before);
    }
}
