package dev.reflux.torch.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import dev.reflux.torch.Torch;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.TrainingStep;
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
        helper.add(List.of(a, b), List.of(c, d), -1);
        helper.scale(List.of(a), 2);
        helper.swap(List.of(a), List.of(c));
        helper.zero(List.of(d));

        assertThat(a.toFloatArray()).containsExactly(5, 8);
        assertThat(b.toFloatArray()).containsExactly(-3);
        assertThat(c.toFloatArray()).containsExactly(-6, -9);
        assertThat(d.toFloatArray()).containsExactly(0);
    }

    @Test
    void givenTensorsOfSeveralShapes_whenMeasured_thenTheyCountAsOneVector() {
        double norm = helper.globalNorm(
                List.of(Torch.floats(manager, new long[] {2}, 3, 0), Torch.floats(manager, new long[] {1, 1}, -4)));

        assertThat(norm).isCloseTo(5, within(1e-6));
    }

    @Test
    void givenAnImage_whenResized_thenCentresAreHalfPixels() {
        NDArray row = Torch.floats(manager, new long[] {1, 1, 1, 2}, 0, 4);

        NDArray wide = helper.resize(manager, row, 1, 4);

        assertThat(wide.toFloatArray()).containsExactly(0, 1, 3, 4);
    }

    @Test
    void givenAGradient_whenSentBackThroughResizing_thenItIsTheAdjoint() {
        // Given ⟨resize(x), g⟩ = ⟨x, adjoint(g)⟩ for every x
        PtNDArray x = Torch.random(manager, 1, 2, 3, 5, 7);
        PtNDArray g = Torch.random(manager, 2, 2, 3, 9, 4);

        NDArray back = helper.resizeBackward(manager, g, 5, 7);

        float left = helper.resize(manager, x, 9, 4).mul(g).sum().getFloat();
        assertThat(x.mul(back).sum().getFloat()).isCloseTo(left, within(1e-4f));
    }

    @Test
    void givenARecordedResize_whenGradientsRunBack_thenTheyAgreeWithTheAdjoint() {
        PtNDArray x = Torch.random(manager, 1, 1, 2, 4, 4);
        PtNDArray g = Torch.random(manager, 2, 1, 2, 7, 9);
        x.setRequiresGradient(true);
        try (TrainingStep step = TrainingStep.begin(runtime)) {
            NDArray y = helper.resizeForTraining(step.manager(), x, 7, 9);

            step.backward(List.of(y), List.of(g));

            assertThat(step.gradients(List.of(x)).get(0).toFloatArray())
                    .isEqualTo(helper.resizeBackward(manager, g, 4, 4).toFloatArray());
        }
    }

    @Test
    void givenIgnoredPixels_whenCrossEntropyIsTaken_thenTheyCountNothing() {
        PtNDArray logits = Torch.floats(manager, new long[] {1, 2, 1, 3}, 1, 2, 3, 0, 0, 9);
        NDArray labels = manager.create(new long[] {0, 1, 255}, new Shape(1, 1, 3));
        logits.setRequiresGradient(true);
        try (TrainingStep step = TrainingStep.begin(runtime)) {
            NDArray loss = helper.crossEntropyForTraining(step.manager(), logits, labels);

            step.backward(loss);

            double expected = (Math.log(1 + Math.exp(-1)) + Math.log(1 + Math.exp(2))) / 2;
            assertThat((double) loss.getFloat()).isCloseTo(expected, within(1e-6));
            float[] gradient = step.gradients(List.of(logits)).get(0).toFloatArray();
            assertThat(gradient[2]).isZero();
            assertThat(gradient[5]).isZero();
            assertThat(gradient[0]).isNegative();
        }
    }

    @Test
    void givenNothingLabelled_whenCrossEntropyIsTaken_thenItIsZero() {
        NDArray labels = manager.full(new Shape(1, 1, 3), 255f).toType(DataType.INT64, true);

        NDArray loss = helper.crossEntropyForTraining(manager, Torch.random(manager, 1, 1, 2, 1, 3), labels);

        assertThat(loss.getFloat()).isZero();
    }

    @Test
    void givenLabels_whenTakenToAGrid_thenEachCellIsThePixelUnderItsCentre() {
        NDArray labels = manager.create(new long[] {0, 1, 2, 3, 4}, new Shape(1, 1, 5));

        NDArray grid = helper.nearest(manager, labels, 1, 3);

        // floor((i + 0.5) · 5/3) = 0, 2, 4
        assertThat(grid.toLongArray()).containsExactly(0, 2, 4);
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
