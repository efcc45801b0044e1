package dev.reflux.torch.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.reflux.common.label.LabelMap;
import dev.reflux.torch.Torch;
import dev.reflux.torch.TorchRuntime;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PredictionsTest {

    private static TorchRuntime runtime;

    @BeforeAll
    static void start() {
        runtime = Torch.cpu();
    }

    @AfterAll
    static void stop() {
        runtime.close();
    }

    @BeforeEach
    void here() {
        runtime.useThisThread();
    }

    @ParameterizedTest(name = "{0}x{1} to {2}x{3}")
    @CsvSource({"30,23,120,90", "30,23,119,91", "7,5,7,5", "12,9,5,4", "12,9,12,4", "1,1,8,6"})
    void givenLogits_whenUpsampledAndTaken_thenTheClassesAreTorchs(int w, int h, int width, int height) {
        try (NDArray logits = Torch.random(runtime.manager(), 3, 2, 5, h, w)) {
            Predictions predictions = new Predictions();

            List<LabelMap> maps = predictions.argmax(logits, width, height);

            NDArray full = runtime.helper().resize(runtime.manager(), logits, height, width);
            long[] expected = full.argMax(1).toLongArray();
            int differing = 0;
            for (int n = 0; n < 2; n++) {
                byte[] ids = maps.get(n).ids();
                for (int i = 0; i < ids.length; i++) {
                    differing += ids[i] == expected[n * ids.length + i] ? 0 : 1;
                }
            }
            // Rounding may decide a tie the other way; nothing else may.
            assertThat(differing).isLessThanOrEqualTo(expected.length / 2000);
        }
    }

    @Test
    void givenAPictureOfLargeRegions_whenUpsampledAndTaken_thenTheClassesAreTorchs() {
        try (NDManager scratch = runtime.manager().newSubManager()) {
            NDArray coarse = Torch.random(scratch, 4, 1, 19, 4, 5).mul(10);
            NDArray logits = runtime.helper().resize(scratch, coarse, 45, 60);

            byte[] ids = new Predictions().argmax(logits, 240, 180).get(0).ids();

            long[] expected =
                    runtime.helper().resize(scratch, logits, 180, 240).argMax(1).toLongArray();
            int differing = 0;
            for (int i = 0; i < ids.length; i++) {
                differing += ids[i] == expected[i] ? 0 : 1;
            }
            assertThat(differing).isLessThanOrEqualTo(ids.length / 2000);
            assertThat(new java.util.HashSet<>(List.of(ids[0], ids[239], ids[240 * 179], ids[240 * 90 + 120])))
                    .hasSizeGreaterThan(1);
        }
    }

    @Test
    void givenLogitsWhoseChannelsLieLast_whenTaken_thenTheClassesAreTheSameAndNoTensorIsLeft() {
        try (NDManager scratch = runtime.manager().newSubManager()) {
            NDArray plain = Torch.random(scratch, 3, 2, 5, 7, 9);
            NDArray last = plain.transpose(0, 2, 3, 1).duplicate().transpose(0, 3, 1, 2);
            byte[] expected = new Predictions().argmax(plain, 30, 20).get(1).ids();
            int before = scratch.getManagedArrays().size();

            byte[] ids = new Predictions().argmax(last, 30, 20).get(1).ids();

            assertThat(ids).isEqualTo(expected);
            assertThat(scratch.getManagedArrays()).hasSize(before);
        }
    }

    @Test
    void givenAFrameAsABuffer_whenTaken_thenItIsTheSameAsTheTensor() {
        try (NDArray logits = Torch.random(runtime.manager(), 3, 1, 5, 7, 9)) {
            Predictions predictions = new Predictions();
            byte[] expected = predictions.argmax(logits, 30, 20).get(0).ids();

            byte[] ids = predictions
                    .argmax(LogitTensors.view(logits), 5, 7, 9, 30, 20)
                    .ids();

            assertThat(ids).isEqualTo(expected);
        }
    }

    @Test
    void givenATie_whenTaken_thenTheLowerClassWins() {
        try (NDArray logits = runtime.manager().zeros(new Shape(1, 3, 2, 2))) {

            assertThat(new Predictions().argmax(logits).get(0).ids()).containsOnly(0);
        }
    }

    @Test
    void givenASmallerImageAfterALargerOne_whenTaken_thenNothingIsLeftOver() {
        Predictions predictions = new Predictions();
        try (NDArray large = Torch.random(runtime.manager(), 1, 1, 4, 9, 9);
                NDArray small = Torch.random(runtime.manager(), 2, 1, 3, 4, 5)) {
            predictions.argmax(large, 40, 40);

            byte[] ids = predictions.argmax(small, 10, 8).get(0).ids();

            assertThat(ids)
                    .isEqualTo(new Predictions().argmax(small, 10, 8).get(0).ids());
        }
    }

    @Test
    void givenTheWrongShape_whenTaken_thenItIsRefused() {
        try (NDArray logits = runtime.manager().zeros(new Shape(3, 2, 2))) {
            assertThatThrownBy(() -> new Predictions().argmax(logits, 2, 2))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
