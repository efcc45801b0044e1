package dev.reflux.teacher.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.reflux.common.label.LabelMap;
import dev.reflux.torch.TorchOptions;
import dev.reflux.torch.TorchRuntime;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WeightedCrossEntropyTest {

    private static final float[] WEIGHTS = {1, 3, 0.5f};

    private TorchRuntime runtime;
    private NDManager manager;
    private WeightedCrossEntropy loss;

    @BeforeEach
    void start() {
        runtime = TorchRuntime.start(new TorchOptions(1, "cpu"));
        manager = runtime.manager().newSubManager();
        loss = new WeightedCrossEntropy(runtime, WEIGHTS);
    }

    @AfterEach
    void stop() {
        loss.close();
        manager.close();
        runtime.close();
    }

    private static float[] logits(int size) {
        Random random = new Random(4);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) (3 * random.nextGaussian());
        }
        return values;
    }

    private double valueOf(float[] logits, LabelMap label) {
        NDArray s = manager.create(logits, new Shape(1, 3, 2, 2));
        return loss.apply(manager, s, List.of(label)).value().getFloat();
    }

    @Test
    void givenLabelsWithIgnore_whenOnTheSameGrid_thenValueIsTheDefinitionInDoublePrecision() {
        float[] s = logits(12);
        LabelMap label = new LabelMap(2, 2, new byte[] {1, (byte) 255, 0, 2});

        double value = valueOf(s, label);

        double sum = 0;
        double total = 0;
        for (int i = 0; i < 4; i++) {
            int y = label.ids()[i] & 0xFF;
            if (y != 255) {
                double denominator = Math.exp(s[i]) + Math.exp(s[4 + i]) + Math.exp(s[8 + i]);
                sum += WEIGHTS[y] * (Math.log(denominator) - s[4 * y + i]);
                total += WEIGHTS[y];
            }
        }
        assertThat(value).isCloseTo(sum / total, within(1e-5));
    }

    @Test
    void givenFinerLabels_whenDifferentiated_thenTheGradientIsThatOfTheValue() {
        float[] s = logits(12);
        byte[] ids = new byte[35];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (byte) (i % 6 == 0 ? 255 : i % 3);
        }
        LabelMap label = new LabelMap(5, 7, ids);

        float[] gradient = loss.apply(manager, manager.create(s, new Shape(1, 3, 2, 2)), List.of(label))
                .gradient()
                .toFloatArray();

        for (int i = 0; i < s.length; i++) {
            float[] up = s.clone();
            float[] down = s.clone();
            up[i] += 1e-2f;
            down[i] -= 1e-2f;
            double slope = (valueOf(up, label) - valueOf(down, label)) / 2e-2;
            assertThat((double) gradient[i]).isCloseTo(slope, within(2e-4));
        }
    }

    @Test
    void givenNothingLabeled_whenApplied_thenLossAndGradientAreZeroNotNaN() {
        LabelMap label = new LabelMap(2, 2, new byte[] {-1, -1, -1, -1});

        WeightedCrossEntropy.Result result =
                loss.apply(manager, manager.create(logits(12), new Shape(1, 3, 2, 2)), List.of(label));

        assertThat(result.value().getFloat()).isZero();
        assertThat(result.gradient().toFloatArray()).containsOnly(0);
    }
}
