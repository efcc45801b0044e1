package dev.reflux.torch.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import dev.reflux.torch.Torch;
import dev.reflux.torch.TorchRuntime;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TorchScriptHelperTest {

    private static TorchRuntime runtime;
    private NDManager manager;
    private TorchScriptHelper helper;

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
        helper = runtime.helper();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void givenTheSameModule_whenWrittenTwice_thenTheBytesAreTheSame() {
        ScriptModule module =
                ScriptModule.of("Twice", "def twice(self: Self, x: Tensor) -> Tensor:\n  return torch.mul(x, 2)");

        byte[] again = module.archive();

        assertThat(again).isEqualTo(module.archive());
    }

    @Test
    void givenSourceOfTheCallersOwn_whenLoaded_thenItsMethodsRun() {
        try (LoadedScript script = TorchScriptHelper.load(
                manager,
                "Sum",
                "def weighted(self: Self, xs: List[Tensor], w: float) -> Tensor:\n  return torch.mul(torch.add(xs[0], xs[1]), w)")) {

            NDArray sum = script.tensor(
                    manager,
                    "weighted",
                    List.of(Torch.floats(manager, new long[] {2}, 1, 2), Torch.floats(manager, new long[] {2}, 3, 5)),
                    0.5);

            assertThat(sum.toFloatArray()).containsExactly(2, 3.5f);
        }
    }

    @Test
    void givenLists_whenChangedInPlace_thenEachTensorHoldsTheResult() {
        PtNDArray a = Torch.floats(manager, new long[] {2}, 1, 2);
        PtNDArray b = Torch.floats(manager, new long[] {1, 1}, 4);
        PtNDArray c = Torch.floats(manager, new long[] {2}, 5, 8);
        PtNDArray d = Torch.floats(manager, new long[] {1, 1}, 8);

        helper.lerp(List.of(a, b), List.of(c, d), 0.25);
        helper.scale(List.of(a), 2);
        helper.swap(List.of(a), List.of(c));
        helper.zero(List.of(d));

        assertThat(a.toFloatArray()).containsExactly(5, 8);
        assertThat(b.toFloatArray()).containsExactly(5);
        assertThat(c.toFloatArray()).containsExactly(4, 7);
        assertThat(d.toFloatArray()).containsExactly(0);
    }

    @Test
    void givenTensorsOfSeveralShapes_whenMeasured_thenTheyCountAsOneVector() {
        double norm = helper.globalNorm(
                List.of(Torch.floats(manager, new long[] {2}, 3, 0), Torch.floats(manager, new long[] {1, 1}, -4)));

        assertThat(norm).isCloseTo(5, within(1e-6));
    }

    @Test
    void givenAnImage_whenResized_thenCentersAreHalfPixels() {
        NDArray row = Torch.floats(manager, new long[] {1, 1, 1, 2}, 0, 4);

        NDArray wide = helper.resize(manager, row, 1, 4);

        assertThat(wide.toFloatArray()).containsExactly(0, 1, 3, 4);
    }

    @Test
    void givenAProjection_whenApplied_thenEachPixelIsMultiplied() {
        NDArray features = Torch.floats(manager, new long[] {1, 2, 1, 2}, 1, 2, 3, 4);

        NDArray z = helper.project(
                manager,
                features,
                Torch.floats(manager, new long[] {1, 2, 1, 1}, 10, 1),
                Torch.floats(manager, new long[] {1}, 0.5f));

        assertThat(z.toFloatArray()).containsExactly(13.5f, 24.5f);
    }
}
