package dev.reflux.torch.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.model.ModelCard;
import dev.reflux.common.model.Sha256;
import dev.reflux.torch.Torch;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.TrainingStep;
import dev.reflux.torch.model.SegmentationModel.Mode;
import dev.reflux.torch.model.SegmentationModel.Output;
import dev.reflux.torch.weights.Safetensors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SegmentationModelTest {

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

    private SegmentationModel load(byte[] archive, Mode mode) {
        Path file = dir.resolve("tiny.pt");
        return SegmentationModel.load(runtime, file, TinyModel.write(file, archive), mode);
    }

    private static PtNDArray image(int seed, int height, int width) {
        return Torch.random(runtime.manager(), seed, 2, 3, height, width);
    }

    @Test
    void givenAModel_whenInferring_thenBothOutputsHaveTheCardsShapesAndNothingMoves() {
        try (SegmentationModel model = load(TinyModel.archive(), Mode.TRAINING);
                NDArray x = image(1, 30, 41)) {
            byte[] before = model.safetensors();

            Output out = model.forward(x);

            assertThat(out.logits().getShape()).isEqualTo(new Shape(2, 4, 8, 11));
            assertThat(out.features().getShape()).isEqualTo(new Shape(2, 6, 4, 6));
            assertThat(model.safetensors()).isEqualTo(before);
        }
    }

    @Test
    void givenAModel_whenLoadedForTraining_thenTheProbeLeavesItsBuffersAlone() {
        try (SegmentationModel model = load(TinyModel.archive(), Mode.TRAINING)) {

            assertThat(model.bufferNames()).containsExactly("running_mean", "running_var");
            assertThat(model.buffers().get(0).toFloatArray()).containsOnly(0);
            assertThat(model.buffers().get(1).toFloatArray()).containsOnly(1);
        }
    }

    @Test
    void givenAModel_whenTrained_thenBatchStatisticsMoveAndInferenceFollows() {
        try (SegmentationModel model = load(TinyModel.archive(), Mode.TRAINING);
                NDArray x = image(1, 32, 32)) {
            float[] before = model.forward(x).logits().toFloatArray();

            model.forwardTraining(x);

            assertThat(model.buffers().get(0).toFloatArray()).doesNotContain(0);
            assertThat(model.forward(x).logits().toFloatArray()).isNotEqualTo(before);
        }
    }

    @Test
    void givenGradientsAtBothOutputs_whenSentBack_thenTheyAgreeWithFiniteDifferences() {
        try (SegmentationModel model = load(TinyModel.archive(), Mode.TRAINING);
                PtNDArray x = image(1, 16, 16);
                PtNDArray g1 = Torch.random(runtime.manager(), 5, 2, 4, 4, 4);
                PtNDArray g2 = Torch.random(runtime.manager(), 6, 2, 6, 2, 2)) {
            PtNDArray weight = model.parameters().get(0);
            float[] gradient;
            try (TrainingStep step = TrainingStep.begin(runtime)) {
                Output out = model.forwardTraining(step.manager(), x);
                step.backward(List.of(out.logits(), out.features()), List.of(g1, g2));
                gradient = step.gradients(model.parameters()).get(0).toFloatArray();
            }

            double slope =
                    (objective(model, x, g1, g2, weight, 7, 1e-2f) - objective(model, x, g1, g2, weight, 7, -1e-2f))
                            / 2e-2;

            assertThat((double) gradient[7]).isCloseTo(slope, org.assertj.core.api.Assertions.withinPercentage(2));
        }
    }

    private static double objective(
            SegmentationModel model, NDArray x, NDArray g1, NDArray g2, PtNDArray weight, int index, float change) {
        java.nio.FloatBuffer live = weight.toByteBuffer(true)
                .order(java.nio.ByteOrder.nativeOrder())
                .asFloatBuffer();
        float old = live.get(index);
        live.put(index, old + change);
        Output out = model.forwardTraining(x);
        live.put(index, old);
        return out.logits().mul(g1).sum().getFloat()
                + out.features().mul(g2).sum().getFloat();
    }

    @Test
    void givenTheSameStepTwice_whenGradientsAreTaken_thenTheyDoNotAccumulate() {
        try (SegmentationModel model = load(TinyModel.archive(), Mode.TRAINING);
                NDArray x = image(1, 16, 16)) {
            List<float[]> first = gradients(model, x);

            List<float[]> second = gradients(model, x);

            for (int i = 0; i < first.size(); i++) {
                assertThat(second.get(i)).isEqualTo(first.get(i));
            }
            assertThat(JniUtils.isGradMode()).isFalse();
        }
    }

    private static List<float[]> gradients(SegmentationModel model, NDArray x) {
        try (TrainingStep step = TrainingStep.begin(runtime)) {
            Output out = model.forwardTraining(step.manager(), x);
            step.backward(List.of(out.logits()), List.of(out.logits().onesLike()));
            return Torch.values(step.gradients(model.parameters()));
        }
    }

    @Test
    void givenAStepThatFails_whenClosed_thenRecordingEnds() {
        assertThatThrownBy(() -> {
                    try (TrainingStep step = TrainingStep.begin(runtime)) {
                        step.backward(List.of(), List.of());
                    }
                })
                .isInstanceOf(IllegalArgumentException.class);

        assertThat(JniUtils.isGradMode()).isFalse();
    }

    @Test
    void givenATrainedModel_whenSavedAndLoaded_thenItGivesTheSameAndTrainsOn() {
        try (SegmentationModel model = load(TinyModel.archive(), Mode.TRAINING);
                NDArray x = image(1, 32, 32)) {
            model.forwardTraining(x);
            Path file = dir.resolve("saved.pt");

            ModelCard card = model.save(file, dir.resolve("saved.json"));

            try (SegmentationModel loaded = SegmentationModel.load(runtime, dir.resolve("saved.json"), Mode.TRAINING)) {
                assertThat(loaded.card().sha256()).isEqualTo(card.sha256());
                assertThat(loaded.forward(x).logits().toFloatArray())
                        .isEqualTo(model.forward(x).logits().toFloatArray());
                assertThat(loaded.safetensors()).isEqualTo(model.safetensors());
            }
            // Saving put the file in inference mode, not the model in memory.
            float[] mean = model.buffers().get(0).toFloatArray();
            model.forwardTraining(x);
            assertThat(model.buffers().get(0).toFloatArray()).isNotEqualTo(mean);
        }
    }

    @Test
    void givenWeights_whenRestored_thenTheModelIsTheSameBitByBit() {
        try (SegmentationModel model = load(TinyModel.archive(), Mode.TRAINING);
                NDArray x = image(1, 32, 32)) {
            model.forwardTraining(x);
            byte[] kept = model.safetensors();
            model.forwardTraining(image(2, 16, 16));
            model.resetParameters(3);

            model.restore(kept);

            assertThat(model.safetensors()).isEqualTo(kept);
            assertThat(Safetensors.read(kept).tensors().stream().map(t -> t.name()))
                    .startsWith("stem_weight")
                    .contains("running_var");
        }
    }

    @Test
    void givenAReheadableModel_whenItsClassesAreReset_thenTheNewLayerTrains() {
        try (SegmentationModel model = load(TinyModel.archive(), Mode.TRAINING);
                NDArray x = image(1, 16, 16)) {

            boolean done = model.resetClasses(TinyModel.schema(9), 7);

            assertThat(done).isTrue();
            assertThat(model.card().labelSchema().classCount()).isEqualTo(9);
            try (TrainingStep step = TrainingStep.begin(runtime)) {
                Output out = model.forwardTraining(step.manager(), x);
                assertThat(out.logits().getShape()).isEqualTo(new Shape(2, 9, 4, 4));
                step.backward(List.of(out.logits()), List.of(out.logits().onesLike()));
                List<PtNDArray> gradients = step.gradients(model.parameters());
                // The bias of a class is added to each of its 2·4·4 logits.
                assertThat(gradients.get(4).toFloatArray()).hasSize(9).containsOnly(32);
                assertThat(gradients.get(3).getShape().get(0)).isEqualTo(9);
                assertThat(gradients.get(3).toFloatArray()).doesNotContain(0);
            }
        }
    }

    @Test
    void givenOneSeed_whenParametersAreReset_thenTheyAreTheSameEachTime() {
        try (SegmentationModel model = load(TinyModel.archive(), Mode.TRAINING)) {
            byte[] before = model.safetensors();
            model.resetParameters(11);
            byte[] first = model.safetensors();

            model.resetParameters(11);

            assertThat(model.safetensors()).isEqualTo(first).isNotEqualTo(before);
        }
    }

    @Test
    void givenNoBufferList_whenLoadedForInference_thenItServes() {
        try (SegmentationModel model = load(TinyModel.withoutBufferList(), Mode.INFERENCE);
                NDArray x = image(1, 16, 16)) {

            assertThat(model.forward(x).logits().getShape()).isEqualTo(new Shape(2, 4, 4, 4));
            assertThat(model.resetClasses(TinyModel.schema(5), 1)).isFalse();
            assertThatThrownBy(() -> model.resetParameters(1)).hasMessageContaining("no reset_parameters(seed)");
        }
    }

    static Stream<Arguments> badFiles() {
        return Stream.of(
                Arguments.of("no archive", "hello".getBytes(StandardCharsets.UTF_8), "is not a TorchScript archive"),
                Arguments.of("one output", TinyModel.withOneOutput(), "returns 1 output(s)"),
                Arguments.of("rounds down", TinyModel.thatRoundsDown(), "requires float32[1, 4, 9, 13]"),
                Arguments.of("fails", TinyModel.thatFails(), "fails on an image of 49x33"),
                Arguments.of("frozen", TinyModel.tracedInEvaluation(), "traced in evaluation mode"),
                Arguments.of("no buffers", TinyModel.withoutBufferList(), "lacks the methods buffer_list()"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badFiles")
    void givenABadFile_whenLoadedForTraining_thenOneSentenceSaysWhy(String what, byte[] archive, String why) {
        assertThatThrownBy(() -> load(archive, Mode.TRAINING))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("tiny.pt")
                .hasMessageContaining(why)
                .message()
                .doesNotContain("\n")
                .hasSizeLessThan(600);
    }

    @Test
    void givenAnotherFile_whenLoaded_thenItsHashIsRefused() throws IOException {
        Path file = dir.resolve("tiny.pt");
        ModelCard card = TinyModel.write(file, TinyModel.archive());
        TinyModel.write(file, TinyModel.tracedInEvaluation());

        assertThatThrownBy(() -> SegmentationModel.load(runtime, file, card, Mode.INFERENCE))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(Sha256.hex(file));
    }
}
