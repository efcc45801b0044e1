package dev.reflux.torch.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.reflux.common.failure.UsageException;
import dev.reflux.torch.Torch;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.TrainingStep;
import dev.reflux.torch.model.SegmentationModel.Mode;
import dev.reflux.torch.model.SegmentationModel.Output;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The files that PyTorch exported, as they are committed. */
class RealModelsTest {

    private static final Path MODELS = Path.of("..", "models");

    private static TorchRuntime runtime;

    @TempDir
    Path dir;

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

    private static SegmentationModel load(String card, Mode mode) {
        return SegmentationModel.load(runtime, MODELS.resolve(card), mode);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fixtures/tiny-student.json",
                "student-cnn.json",
                "student-mobilenet.json",
                "student-segformer.json"
            })
    void givenAStudent_whenTrainedReheadedSavedAndLoaded_thenItIsTheSame(String card) {
        try (SegmentationModel model = load(card, Mode.TRAINING);
                NDArray x = Torch.random(runtime.manager(), 1, 2, 3, 64, 96)) {
            assertThat(model.parameterNames()).doesNotHaveDuplicates().hasSameSizeAs(model.parameters());
            assertThat(model.buffers()).isNotEmpty();
            assertThat(model.resetClasses(TinyModel.schema(7), 3)).isTrue();
            model.resetParameters(5);
            try (TrainingStep step = TrainingStep.begin(runtime)) {
                Output out = model.forwardTraining(step.manager(), x);
                assertThat(out.logits().getShape().get(1)).isEqualTo(7);
                step.backward(
                        List.of(out.logits(), out.features()),
                        List.of(out.logits().onesLike(), out.features().onesLike()));
                assertThat(runtime.helper().globalNorm(step.gradients(model.parameters())))
                        .isPositive()
                        .isFinite();
            }

            model.save(dir.resolve("s.pt"), dir.resolve("s.json"));

            try (SegmentationModel saved = SegmentationModel.load(runtime, dir.resolve("s.json"), Mode.TRAINING)) {
                assertThat(saved.safetensors()).isEqualTo(model.safetensors());
                assertThat(saved.forward(x).logits().toFloatArray())
                        .isEqualTo(model.forward(x).logits().toFloatArray());
            }
        }
    }

    @Test
    void givenAStudentWithAPretrainedEncoder_whenReset_thenTheEncoderStaysAndTheRestIsDrawnAnew() {
        try (SegmentationModel model = load("student-mobilenet.json", Mode.TRAINING)) {
            Map<String, float[]> before = values(model);

            model.resetParameters(5);

            Map<String, float[]> after = values(model);
            Set<String> changed = before.keySet().stream()
                    .filter(name -> !Arrays.equals(before.get(name), after.get(name)))
                    .collect(Collectors.toSet());
            assertThat(changed)
                    .contains("classifier.weight", "context.weight", "from_coarse.0.weight", "from_fine.0.weight")
                    .noneMatch(name -> name.startsWith("encoder."));
            assertThat(before.keySet()).contains("encoder.stem.bn.running_var");
        }
    }

    private static void putAll(Map<String, float[]> values, List<String> names, List<? extends NDArray> tensors) {
        for (int i = 0; i < names.size(); i++) {
            values.put(
                    names.get(i), tensors.get(i).toType(DataType.FLOAT32, false).toFloatArray());
        }
    }

    private static Map<String, float[]> values(SegmentationModel model) {
        Map<String, float[]> values = new HashMap<>();
        putAll(values, model.parameterNames(), model.parameters());
        putAll(values, model.bufferNames(), model.buffers());
        return values;
    }

    @ParameterizedTest
    @ValueSource(strings = {"fixtures/tiny-teacher.json", "teacher-synthetic.json"})
    void givenATeacher_whenInferring_thenItKeepsItsCard(String card) {
        try (SegmentationModel model = load(card, Mode.INFERENCE);
                NDArray x = Torch.random(runtime.manager(), 1, 1, 3, 61, 77)) {

            Output out = model.forward(x);

            int a = model.card().logitsStride();
            int b = model.card().featuresStride();
            assertThat(out.logits().getShape())
                    .isEqualTo(
                            new Shape(1, model.card().labelSchema().classCount(), (61 + a - 1) / a, (77 + a - 1) / a));
            assertThat(out.features().getShape())
                    .isEqualTo(new Shape(1, model.card().featuresChannels(), (61 + b - 1) / b, (77 + b - 1) / b));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "fixtures/wrong-contract.json, must return the pair (logits. features)",
        "fixtures/wrong-sha.json, is not the one that card",
        "fixtures/absent.json, cannot be read"
    })
    void givenABadFile_whenLoaded_thenOneSentenceSaysWhy(String card, String why) {
        assertThatThrownBy(() -> load(card, Mode.TRAINING))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(why.replace('.', ','));
    }

    @Test
    void givenAModelTracedInEvaluation_whenLoadedForTraining_thenItIsRefused() {
        assertThatThrownBy(() -> load("fixtures/traced-eval.json", Mode.TRAINING))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("traced in evaluation mode");
    }
}
