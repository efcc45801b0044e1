package dev.reflux.torch.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import dev.reflux.torch.Torch;
import dev.reflux.torch.TorchRuntime;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EmaTest {

    private static TorchRuntime runtime;
    private NDManager manager;
    private PtNDArray weight;
    private PtNDArray counter;

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
        weight = Torch.floats(manager, new long[] {2}, 100, 100);
        counter = (PtNDArray) manager.create(new long[] {7}, new Shape());
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private Ema follow(double decay) {
        return new Ema(runtime, decay, List.of(weight, counter));
    }

    private void become(float value, long count) {
        runtime.helper()
                .copy(
                        List.of(weight, counter),
                        List.of(
                                Torch.floats(manager, new long[] {2}, value, -value),
                                manager.create(new long[] {count}, new Shape())));
    }

    @Test
    void givenUpdates_whenAveraged_thenTheStartHasNoWeight() {
        try (Ema ema = follow(0.9)) {
            double sum = 0;
            double weights = 0;
            for (int t = 1; t <= 5; t++) {
                become(t, t);
                sum = 0.9 * sum + t;
                weights = 0.9 * weights + 1;

                ema.update();

                assertThat((double) ema.average().get(0).toFloatArray()[0]).isCloseTo(sum / weights, within(1e-5));
                assertThat((double) ema.average().get(0).toFloatArray()[1]).isCloseTo(-sum / weights, within(1e-5));
                assertThat(ema.average().get(1).toLongArray()).containsExactly(t);
            }
        }
    }

    @Test
    void givenAnAverage_whenApplied_thenTheLiveTensorsHoldItForThatTimeOnly() {
        try (Ema ema = follow(0.5)) {
            become(1, 1);
            ema.update();
            become(4, 2);
            ema.update();
            float inside;

            try (Ema.Applied applied = ema.apply()) {
                inside = weight.toFloatArray()[0];
            }

            assertThat(inside).isEqualTo(3);
            assertThat(weight.toFloatArray()[0]).isEqualTo(4);
            assertThat(ema.average().get(0).toFloatArray()[0]).isEqualTo(3);
        }
    }

    @Test
    void givenAnInterruption_whenResumed_thenTheAverageIsTheSameBitByBit() {
        try (Ema one = follow(0.97)) {
            become(1, 1);
            one.update();
            byte[] state = one.exportState();
            try (Ema other = follow(0.97)) {
                other.importState(state);
                become(2, 2);
                one.update();

                other.update();

                assertThat(other.exportState()).isEqualTo(one.exportState()).isNotEqualTo(state);
            }
        }
    }

    @Test
    void givenStateOfOtherTensors_whenImported_thenItIsRefused() {
        try (Ema ema = follow(0.9);
                Ema other = new Ema(runtime, 0.9, List.of(weight))) {

            assertThatThrownBy(() -> ema.importState(other.exportState())).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
