package dev.reflux.torch.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.model.ModelCard;
import dev.reflux.common.model.Sha256;
import dev.reflux.torch.Torch;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.SegmentationModel.Mode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A model file is refused for what it says, not for its shapes alone. */
class ModelValuesTest {

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

    private SegmentationModel load(byte[] archive, String role, Mode mode) {
        Path file = dir.resolve("tiny.pt");
        String json = TinyModel.write(file, archive).toJson().replace("\"student\"", "\"" + role + "\"");
        return SegmentationModel.load(runtime, file, ModelCard.parse(json), mode);
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void givenStatisticsThatAreNoNumbers_whenLoaded_thenTheTensorIsNamed(Mode mode) {
        assertThatThrownBy(() -> load(TinyModel.withNanStatistics(true), "student", mode))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("tiny.pt has a value that is no number in running_var; export");
    }

    @Test
    void givenSuchStatisticsThatTheFileDoesNotList_whenLoaded_thenItsOutputsAreNamed() {
        assertThatThrownBy(() -> load(TinyModel.withNanStatistics(false), "teacher", Mode.INFERENCE))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("returns logits that are no numbers for an image of noise");
    }

    @ParameterizedTest
    @ValueSource(strings = {"teacher", "student"})
    void givenASoftmaxInTheExport_whenLoaded_thenItIsRefused(String role) {
        assertThatThrownBy(() -> load(TinyModel.withSoftmax(), role, Mode.INFERENCE))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("returns probabilities where logits are wanted")
                .hasMessageContaining("export it without its softmax");
    }

    @Test
    void givenATeacherThatNeverChanges_whenLoaded_thenItIsRefused() {
        assertThatThrownBy(() -> load(TinyModel.thatNeverChanges(), "teacher", Mode.INFERENCE))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("returns the same logits for two different images");
    }

    @Test
    void givenAStudentThatNeverChanges_whenLoaded_thenItMayLearn() {
        try (SegmentationModel student = load(TinyModel.thatNeverChanges(), "student", Mode.INFERENCE)) {
            assertThat(student.parameterCount()).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void givenAFileSavedOnAGpu_whenLoadedOnACpu_thenItGivesTheSame(Mode mode) {
        byte[] saved = edited(TinyModel.archive(), "X\3\0\0\0cpu", "X\6\0\0\0cuda:0");
        try (NDArray x = Torch.random(runtime.manager(), 1, 1, 3, 16, 16)) {
            float[] wanted;
            try (SegmentationModel model = load(TinyModel.archive(), "student", mode)) {
                wanted = model.forward(x).logits().toFloatArray();
            }
            try (SegmentationModel model = load(saved, "student", mode)) {

                float[] logits = model.forward(x).logits().toFloatArray();

                assertThat(logits).containsExactly(wanted);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"BFloat16Storage", "ShortStorage", "QInt8Storage"})
    void givenTensorsThatWouldEndTheProcess_whenLoaded_thenTheirTypeIsNamedBefore(String type) {
        byte[] archive = edited(TinyModel.archive(), "torch\nFloatStorage\n", "torch\n" + type + "\n");

        assertThatThrownBy(() -> load(archive, "teacher", Mode.INFERENCE))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("has tensors of the type " + type);
    }

    @Test
    void givenAnyDamage_whenLoaded_thenNothingButARefusalComesOfIt() {
        byte[] sound = TinyModel.archive();
        Random random = new Random(11);
        for (int i = 0; i < 40; i++) {
            byte[] damaged = sound.clone();
            for (int change = random.nextInt(8); change >= 0; change--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            byte[] part =
                    java.util.Arrays.copyOf(damaged, i % 2 == 0 ? damaged.length : random.nextInt(damaged.length));
            try {
                load(part, "student", Mode.TRAINING).close();
            } catch (UsageException e) {
                assertThat(e).hasMessageContaining("The model file ");
            }
        }
    }

    @Test
    void givenATextForAnArchive_whenLoaded_thenItIsSaid() {
        assertThatThrownBy(() -> load("<html>404</html>".getBytes(StandardCharsets.UTF_8), "student", Mode.TRAINING))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("is not a TorchScript archive");
    }

    /** Returns an archive whose object graphs have other bytes. */
    private static byte[] edited(byte[] archive, String from, String to) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(archive));
                ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (ZipEntry entry; (entry = in.getNextEntry()) != null; ) {
                byte[] content = in.readAllBytes();
                if (entry.getName().endsWith(".pkl")) {
                    content = new String(content, StandardCharsets.ISO_8859_1)
                            .replace(from, to)
                            .getBytes(StandardCharsets.ISO_8859_1);
                }
                ZipEntry stored = new ZipEntry(entry.getName());
                CRC32 crc = new CRC32();
                crc.update(content);
                stored.setMethod(ZipEntry.STORED);
                stored.setSize(content.length);
                stored.setCrc(crc.getValue());
                out.putNextEntry(stored);
                out.write(content);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(Sha256.hex(bytes.toByteArray())).isNotEqualTo(Sha256.hex(archive));
        return bytes.toByteArray();
    }
}
