package dev.reflux.torch.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.pytorch.engine.PtNDArray;
import dev.reflux.torch.Torch;
import dev.reflux.torch.TorchRuntime;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class GradientClippingTest {

    private static TorchRuntime runtime;

    @BeforeAll
    static void start() {
        runtime = Torch.cpu();
    }

    @AfterAll
    static void stop() {
        runtime.close();
    }

    private static PtNDArray of(float... values) {
        return Torch.floats(runtime.manager(), new long[] {values.length}, values);
    }

    @Test
    void givenALongGradient_whenClipped_thenItsDirectionStaysAndItsLengthIsTheBound() {
        List<PtNDArray> gradients = List.of(of(3, 0), of(4));

        double norm = GradientClipping.clipGlobalNorm(runtime, gradients, 1);

        assertThat(norm).isCloseTo(5, within(1e-6));
        assertThat(gradients.get(0).toFloatArray()[0]).isCloseTo(0.6f, within(1e-6f));
        assertThat(gradients.get(1).toFloatArray()[0]).isCloseTo(0.8f, within(1e-6f));
    }

    @Test
    void givenAShortGradient_whenClipped_thenItStays() {
        List<PtNDArray> gradients = List.of(of(0.3f), of(0.4f));

        double norm = GradientClipping.clipGlobalNorm(runtime, gradients, 1);

        assertThat(norm).isCloseTo(0.5, within(1e-6));
        assertThat(gradients.get(0).toFloatArray()).containsExactly(0.3f);
    }

    @Test
    void givenAValueThatIsNoNumber_whenClipped_thenTheNormSaysSoAndNothingElseIsSpoilt() {
        List<PtNDArray> gradients = List.of(of(Float.NaN), of(4));

        double norm = GradientClipping.clipGlobalNorm(runtime, gradients, 1);

        assertThat(norm).isNaN();
        assertThat(gradients.get(1).toFloatArray()).containsExactly(4);
    }

    @Test
    void givenHugeGradients_whenMeasured_thenTheSquaresDoNotOverflow() {
        assertThat(GradientClipping.clipGlobalNorm(runtime, List.of(of(1e18f), of(1e18f)), 1))
                .isCloseTo(Math.sqrt(2) * 1e18, within(1e13));
    }
}
