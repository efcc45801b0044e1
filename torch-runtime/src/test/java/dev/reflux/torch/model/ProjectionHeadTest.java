package dev.reflux.torch.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.model.ModelCard;
import dev.reflux.torch.Torch;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.TrainingStep;
import dev.reflux.torch.optim.AdamW;
import dev.reflux.torch.weights.Safetensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProjectionHeadTest {

    private static TorchRuntime runtime;
    private NDManager manager;

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
    void open() {
        runtime.useThisThread();
        manager = runtime.manager().newSubManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void givenATrainedHead_whenFrozen_thenItGivesWhatTheTrainedOneInfers(boolean relu) {
        try (TrainableProjectionHead head = TrainableProjectionHead.create(runtime, 5, 3, relu, 1)) {
            NDArray features = Torch.random(manager, 2, 2, 5, 4, 6).mul(3).add(1);
            train(head, features, 5);

            ProjectionHeadFile file = head.freeze("teacher", "schema", Map.of("bce", "0.04"));

            try (ProjectionHead frozen = ProjectionHead.load(runtime, file)) {
                float[] expected = head.forward(manager, features).toFloatArray();
                float[] z = frozen.apply(manager, features).toFloatArray();
                for (int i = 0; i < z.length; i++) {
                    assertThat(z[i]).isCloseTo(expected[i], within(1e-5f));
                }
                assertThat(frozen.apply(manager, features).lt(0).any().getBoolean())
                        .isEqualTo(!relu);
            }
        }
    }

    @Test
    void givenATarget_whenTheHeadIsTrained_thenItComesNearer() {
        try (TrainableProjectionHead head = TrainableProjectionHead.create(runtime, 5, 3, false, 1)) {
            NDArray features = Torch.random(manager, 2, 2, 5, 4, 6);
            double before = distance(head, features);

            train(head, features, 60);

            assertThat(distance(head, features)).isLessThan(before / 2);
        }
    }

    /** The target: the first three features. */
    private static NDArray target(NDArray features) {
        return features.get(":, :3");
    }

    private double distance(TrainableProjectionHead head, NDArray features) {
        return head.forward(manager, features)
                .sub(target(features))
                .square()
                .mean()
                .getFloat();
    }

    private static void train(TrainableProjectionHead head, NDArray features, int steps) {
        try (AdamW optimizer = new AdamW(runtime, AdamW.Settings.DEFAULT)) {
            for (int i = 0; i < steps; i++) {
                try (TrainingStep step = TrainingStep.begin(runtime)) {
                    NDArray z = head.forwardTraining(step.manager(), features);
                    NDArray gradient =
                            step.unrecorded(() -> z.sub(target(features)).mul(2f / z.size()));
                    step.backward(List.of(z), List.of(gradient));
                    optimizer.step(head.parameters(), step.gradients(head.parameters()), 0.05);
                }
            }
        }
    }

    @Test
    void givenAHeadBehindAModel_whenGradientsRunBack_thenTheyReachTheModelThroughTheHead() throws IOException {
        Path file = dir.resolve("tiny.pt");
        ModelCard card = TinyModel.write(file, TinyModel.archive());
        try (SegmentationModel model = SegmentationModel.load(runtime, file, card, SegmentationModel.Mode.TRAINING);
                TrainableProjectionHead head =
                        TrainableProjectionHead.create(runtime, TinyModel.FEATURES, TinyModel.CLASSES, false, 1);
                TrainingStep step = TrainingStep.begin(runtime)) {
            NDArray x = Torch.random(manager, 1, 2, 3, 16, 16);
            NDArray gradient = Torch.random(manager, 3, 2, 4, 2, 2);
            SegmentationModel.Output out = model.forwardTraining(step.manager(), x);
            NDArray z = head.forwardTraining(step.manager(), out.features());

            step.backward(List.of(z), List.of(gradient));

            // Z = scale·normalized + shift: the gradient of the shift is the sum over frames and cells.
            assertThat(step.gradients(head.parameters()).get(2).toFloatArray())
                    .containsExactly(gradient.sum(new int[] {0, 2, 3}).toFloatArray(), within(1e-5f));
            float ofFirstWeight = step.gradients(model.parameters()).get(0).toFloatArray()[0];
            assertThat((double) ofFirstWeight).isCloseTo(slopeOfFirstWeight(model, head, x, gradient), within(2e-2));
            assertThat((double) ofFirstWeight).isNotCloseTo(0, within(5e-2));
        }
    }

    /** d⟨Z, gradient⟩/dw of the model's first weight, by a central difference. */
    private double slopeOfFirstWeight(
            SegmentationModel model, TrainableProjectionHead head, NDArray x, NDArray gradient) {
        PtNDArray weight = model.parameters().get(0);
        float[] values = weight.toFloatArray();
        double[] sums = new double[2];
        for (int side = 0; side < 2; side++) {
            float[] moved = values.clone();
            moved[0] += side == 0 ? -5e-3f : 5e-3f;
            set(weight, moved);
            NDArray z = head.forwardTraining(
                    manager, model.forwardTraining(manager, x).features());
            sums[side] = z.mul(gradient).sum().getFloat();
        }
        set(weight, values);
        return (sums[1] - sums[0]) / 1e-2;
    }

    private void set(PtNDArray target, float[] values) {
        try (NDArray source = manager.create(values, target.getShape())) {
            runtime.helper().copy(List.of(target), List.of(source));
        }
    }

    @Test
    void givenAHeadsState_whenRestored_thenItIsTheSameBitByBit() {
        try (TrainableProjectionHead head = TrainableProjectionHead.create(runtime, 5, 3, false, 1);
                TrainableProjectionHead other = TrainableProjectionHead.create(runtime, 5, 3, false, 9)) {
            train(head, Torch.random(manager, 2, 2, 5, 4, 6), 3);

            other.restore(head.safetensors());

            assertThat(other.safetensors()).isEqualTo(head.safetensors());
            assertThat(other.parametersAndBuffers()).hasSize(5);
        }
    }

    @Test
    void givenAFile_whenReadAgain_thenIdAndOriginAreKept() {
        ProjectionHeadFile file = head("teacher-a", "synthetic-9");
        Path path = dir.resolve("head.safetensors");
        file.write(path);

        ProjectionHeadFile read = ProjectionHeadFile.read(path);

        assertThat(read.id()).isEqualTo(file.id()).matches("ph-[0-9a-f]{16}");
        assertThat(read.teacherId()).isEqualTo("teacher-a");
        assertThat(read.labelSchemaId()).isEqualTo("synthetic-9");
        assertThat(read.classes()).isEqualTo(2);
        assertThat(read.features()).isEqualTo(3);
        assertThat(read.relu()).isFalse();
        assertThat(read.notes()).containsEntry("frames", "12");
    }

    @Test
    void givenAnotherOrigin_whenItsIdIsAsked_thenItDiffers() {
        assertThat(head("teacher-a", "s").id())
                .isNotEqualTo(head("teacher-b", "s").id())
                .isEqualTo(head("teacher-a", "s").id());
    }

    @Test
    void givenAnotherTeacher_whenAHeadIsHeldAgainstIt_thenItIsRefusedInOneSentence() {
        ModelCard card = TinyModel.write(dir.resolve("tiny.pt"), TinyModel.archive());

        assertThatThrownBy(() -> head("teacher-a", "s").requireFor(card))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("teacher-a")
                .hasMessageContaining("reflux fit-projection");
    }

    @Test
    void givenSomethingElse_whenReadAsAHead_thenItIsRefusedInOneSentence() throws IOException {
        Path path = dir.resolve("head.safetensors");
        Files.writeString(path, "no head at all");

        assertThatThrownBy(() -> ProjectionHeadFile.read(path))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("is not a projection head")
                .hasMessageContaining(path.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "relu, yes, must be true or false",
        "reflux.version, 2, not a projection head of version 1",
        "temperature, warm, must be a number above 0",
        "temperature, 0, must be a number above 0",
        "temperature, NaN, must be a number above 0",
        "temperature, Infinity, must be a number above 0"
    })
    void givenAnotherSetting_whenReadAsAHead_thenItIsRefused(String key, String value, String words)
            throws IOException {
        Path path = dir.resolve("head.safetensors");
        head("t", "s").write(path);
        Safetensors.File file = Safetensors.read(Files.readAllBytes(path));
        Map<String, String> metadata = new HashMap<>(file.metadata());
        metadata.put(key, value);
        Files.write(path, Safetensors.write(file.tensors(), metadata));

        assertThatThrownBy(() -> ProjectionHeadFile.read(path))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(words);
    }

    @Test
    void givenATemperature_whenWrittenAndRead_thenItIsThereAndPartOfTheId() {
        Path path = dir.resolve("head.safetensors");
        ProjectionHeadFile warm = ProjectionHeadFile.of(
                "t", "s", new float[] {1, 2, 3, 4, 5, 6}, new float[] {0, -1}, false, 1.7, Map.of("frames", "12"));
        warm.write(path);

        ProjectionHeadFile read = ProjectionHeadFile.read(path);

        assertThat(read.temperature()).isEqualTo(1.7);
        assertThat(read.id()).isNotEqualTo(head("t", "s").id());
        assertThat(head("t", "s").temperature()).isEqualTo(1);
    }

    @Test
    void givenWeightsThatAreNoNumbers_whenReadAsAHead_thenTheyAreRefused() throws IOException {
        Path path = dir.resolve("head.safetensors");
        head("t", "s").write(path);
        byte[] bytes = Files.readAllBytes(path);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(bytes.length - 4, Float.NaN);
        Files.write(path, bytes);

        assertThatThrownBy(() -> ProjectionHeadFile.read(path))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("its bias has a value that is no number");
    }

    @Test
    void givenFeatures_whenProjected_thenShapesAreTheClassesOnTheFeaturesGrid() {
        try (ProjectionHead head = ProjectionHead.load(runtime, head("t", "s"))) {

            NDArray z = head.apply(manager, manager.ones(new Shape(2, 3, 4, 5)));

            assertThat(z.getShape()).isEqualTo(new Shape(2, 2, 4, 5));
            assertThat(z.get("0, 1, 0, 0").getFloat()).isEqualTo(4 + 5 + 6 - 1);
        }
    }

    private static ProjectionHeadFile head(String teacher, String schema) {
        return ProjectionHeadFile.of(
                teacher, schema, new float[] {1, 2, 3, 4, 5, 6}, new float[] {0, -1}, false, Map.of("frames", "12"));
    }
}
