package dev.reflux.trainer.distillation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.reflux.torch.TorchOptions;
import dev.reflux.torch.TorchRuntime;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** DER++'s term against plain arithmetic. */
class ConsistencyTest {

    private static final int FRAMES = 4;
    private static final int FRAME = 3 * 2 * 5;

    @Test
    void givenTwoRememberedFramesOfFour_whenTheTermIsAdded_thenValueAndGradientAreTheirsAlone() {
        try (TorchRuntime runtime = TorchRuntime.start(new TorchOptions(1, "cpu"));
                ConsistencyLoss loss = new ConsistencyLoss(runtime);
                NDManager scratch = runtime.manager().newSubManager()) {
            // Given
            float[] s = normal(1, FRAMES * FRAME);
            float[] z = normal(2, 2 * FRAME);
            float[] before = normal(3, FRAMES * FRAME);
            int[] places = {1, 3};
            double weight = 0.3;
            NDArray gradient = scratch.create(before.clone(), new Shape(FRAMES, 3, 2, 5));
            LossTerms terms = new LossTerms(gradient, gradient, 2, 0, 0, 0, 0, 0, 2, Double.NaN, Double.NaN);

            // When
            LossTerms held = loss.add(
                    scratch,
                    terms,
                    scratch.create(s, new Shape(FRAMES, 3, 2, 5)),
                    scratch.create(z, new Shape(2, 3, 2, 5)),
                    scratch.create(new long[] {1, 3}),
                    weight);

            // Then
            double squares = 0;
            double[] expected = new double[before.length];
            for (int i = 0; i < expected.length; i++) {
                expected[i] = before[i];
            }
            for (int r = 0; r < 2; r++) {
                for (int i = 0; i < FRAME; i++) {
                    double difference = s[places[r] * FRAME + i] - z[r * FRAME + i];
                    squares += difference * difference;
                    expected[places[r] * FRAME + i] += weight * 2 * difference / (2 * FRAME);
                }
            }
            assertThat(held.consistency()).isCloseTo(squares / (2 * FRAME), within(1e-6));
            assertThat(held.total()).isCloseTo(2 + weight * squares / (2 * FRAME), within(1e-6));
            float[] actual = held.logitsGradient().toFloatArray();
            for (int i = 0; i < expected.length; i++) {
                assertThat((double) actual[i]).as("element " + i).isCloseTo(expected[i], within(1e-6));
            }
        }
    }

    private static float[] normal(long seed, int count) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
