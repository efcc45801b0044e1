package dev.reflux.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import dev.reflux.torch.model.SegmentationModel;
import dev.reflux.torch.model.SegmentationModel.Mode;
import dev.reflux.torch.model.SegmentationModel.Output;
import dev.reflux.torch.optim.AdamW;
import dev.reflux.torch.optim.GradientClipping;
import dev.reflux.torch.optim.Optimizer;
import dev.reflux.torch.optim.SgdMomentum;
import dev.reflux.torch.weights.NamedTensor;
import dev.reflux.torch.weights.Safetensors;
import dev.reflux.torch.weights.TensorBytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What PyTorch itself computes: golden/generate.py says how it was asked. */
class PyTorchParityTest {

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

    private static Safetensors.File golden(String name) throws IOException {
        try (InputStream in = PyTorchParityTest.class.getResourceAsStream("/golden/" + name + ".safetensors")) {
            return Safetensors.read(Objects.requireNonNull(in).readAllBytes());
        }
    }

    private List<PtNDArray> tensors(Safetensors.File golden, String prefix) {
        return IntStream.range(0, 3)
                .mapToObj(i -> TensorBytes.create(manager, golden.require(prefix + "." + i)))
                .toList();
    }

    /** Equal within an absolute and, for large values, a relative tolerance. */
    private static void assertClose(String what, NDArray actual, NamedTensor expected, double tolerance) {
        float[] is = actual.toFloatArray();
        float[] wanted = expected.floats();
        assertThat(is).as(what).hasSameSizeAs(wanted);
        for (int i = 0; i < is.length; i++) {
            assertThat((double) is[i])
                    .as("%s[%d]", what, i)
                    .isCloseTo(wanted[i], within(tolerance * Math.max(1, Math.abs(wanted[i]))));
        }
    }

    private static Optimizer optimizer(String name) {
        Map<String, Supplier<Optimizer>> known = Map.of(
                "sgd", () -> new SgdMomentum(runtime, new SgdMomentum.Settings(0, 0, false)),
                "sgd_momentum", () -> new SgdMomentum(runtime, new SgdMomentum.Settings(0.9, 1e-4, false)),
                "sgd_nesterov", () -> new SgdMomentum(runtime, new SgdMomentum.Settings(0.8, 1e-2, true)),
                "adamw", () -> new AdamW(runtime, AdamW.Settings.DEFAULT),
                "adamw_other", () -> new AdamW(runtime, new AdamW.Settings(0.8, 0.95, 0.2, 1e-2, true)));
        return Objects.requireNonNull(known.get(name)).get();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sgd", "sgd_momentum", "sgd_nesterov", "adamw", "adamw_other"})
    void givenPyTorchsGradients_whenSteppedTenTimes_thenEveryStepIsPyTorchs(String name) throws IOException {
        Safetensors.File golden = golden("optim");
        List<PtNDArray> parameters = tensors(golden, "start");
        try (Optimizer optimizer = optimizer(name)) {
            for (int s = 0; s < 10; s++) {
                optimizer.step(parameters, tensors(golden, "gradient." + s), 0.05 / (1 + s));

                for (int i = 0; i < 3; i++) {
                    String key = name + "." + s + "." + i;
                    assertClose(key, parameters.get(i), golden.require(key), 1e-6);
                }
            }
        }
    }

    @Test
    void givenPyTorchsGradients_whenClipped_thenNormAndGradientsArePyTorchs() throws IOException {
        Safetensors.File golden = golden("optim");
        List<PtNDArray> gradients = tensors(golden, "gradient.0");

        double norm = GradientClipping.clipGlobalNorm(runtime, gradients, 0.5);

        assertThat(norm).isCloseTo(golden.require("clip.norm").floats()[0], within(1e-5));
        for (int i = 0; i < 3; i++) {
            assertClose("clip." + i, gradients.get(i), golden.require("clip." + i), 1e-6);
        }
    }

    private NDArray waves(Shape shape, double speed) {
        float[] values = new float[(int) shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.sin(speed * i);
        }
        return manager.create(values, shape);
    }

    @Test
    void givenAModelOfPyTorchs_whenTrainedThreeSteps_thenGradientsWeightsAndStatisticsArePyTorchs() throws IOException {
        Safetensors.File golden = golden("step");
        Path card = Path.of("..", "models", "fixtures", "tiny-student.json");
        try (SegmentationModel model = SegmentationModel.load(runtime, card, Mode.TRAINING);
                SgdMomentum optimizer = new SgdMomentum(runtime, new SgdMomentum.Settings(0.9, 1e-4, false))) {
            assertThat(golden.metadata().get("model"))
                    .as("the model's sha256; run golden/generate.py again after an export")
                    .isEqualTo(model.card().sha256());
            NDArray x = waves(new Shape(2, 3, 33, 49), 0.37);
            for (int s = 0; s < 3; s++) {
                try (TrainingStep step = TrainingStep.begin(runtime)) {
                    Output out = model.forwardTraining(step.manager(), x);
                    step.backward(
                            List.of(out.logits(), out.features()),
                            List.of(
                                    waves(out.logits().getShape(), 0.11),
                                    waves(out.features().getShape(), 0.23)));
                    List<PtNDArray> gradients = step.gradients(model.parameters());
                    double norm = GradientClipping.clipGlobalNorm(runtime, gradients, 1);
                    optimizer.step(model.parameters(), gradients, 0.05);

                    float expected = golden.require("norm." + s).floats()[0];
                    assertThat(norm).isCloseTo(expected, within(1e-5 * expected));
                    for (int i = 0; i < gradients.size(); i++) {
                        String key =
                                "gradient." + s + "." + model.parameterNames().get(i);
                        assertClose(key, gradients.get(i), golden.require(key), 1e-6);
                    }
                }
            }

            for (NamedTensor tensor : model.tensors()) {
                NamedTensor expected = golden.require("end." + tensor.name());
                if (tensor.type() == NamedTensor.Type.I64) {
                    assertThat(tensor.data()).as(tensor.name()).isEqualTo(expected.data());
                } else {
                    assertClose(tensor.name(), TensorBytes.create(manager, tensor), expected, 2e-6);
                }
            }
            Output out = model.forward(manager, x);
            assertClose("logits", out.logits(), golden.require("logits"), 1e-5);
            assertClose("features", out.features(), golden.require("features"), 1e-5);
        }
    }
}
