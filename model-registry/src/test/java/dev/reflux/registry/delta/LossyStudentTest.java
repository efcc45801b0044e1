package dev.reflux.registry.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reflux.common.model.ModelCard;
import dev.reflux.common.model.Sha256;
import dev.reflux.registry.Artifact;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

class LossyStudentTest {

    private static final int WEIGHTS = 20_000;

    private final Random random = new Random(11);
    private final float[] old = new float[WEIGHTS];
    private final float[] trained = new float[WEIGHTS];
    private final float[] oldMean = {1, 2, 3, 4};
    private final float[] mean = {1.5f, 2.5f, 3.123456f, 4.654321f};

    LossyStudentTest() {
        for (int i = 0; i < WEIGHTS; i++) {
            old[i] = (float) random.nextGaussian() * 0.1f;
            trained[i] = old[i] + (float) random.nextGaussian() * 1e-3f;
        }
    }

    @Test
    void givenATrainedStudent_whenThinned_thenOnlyTheGreatestMovesAreTakenOverAndStatisticsExactly()
            throws IOException {
        Map<Artifact, byte[]> parent = student(old, oldMean);

        Map<Artifact, byte[]> lossy = LossyStudent.make(parent, student(trained, mean), 0.05, LossyStudent.HALF_FLOAT);

        float[] weights = floats(entries(lossy).get("archive/data/0"));
        double smallestTaken = Double.MAX_VALUE;
        double greatestLeft = 0;
        int taken = 0;
        for (int i = 0; i < WEIGHTS; i++) {
            double move = Math.abs(trained[i] - old[i]);
            if (weights[i] == old[i]) {
                greatestLeft = Math.max(greatestLeft, move);
            } else {
                taken++;
                smallestTaken = Math.min(smallestTaken, move);
                assertThat((double) weights[i]).isCloseTo(trained[i], within(move / 2047));
            }
        }
        assertThat(taken).isBetween(WEIGHTS / 20 - 5, WEIGHTS / 20 + 5);
        assertThat(smallestTaken).isGreaterThanOrEqualTo(greatestLeft);
        assertThat(floats(entries(lossy).get("archive/data/1"))).isEqualTo(mean);
    }

    @Test
    void givenALossyStudent_whenCodedByItsParent_thenTheDeltaIsUnderFivePercentAndExact() throws IOException {
        Map<Artifact, byte[]> parent = student(old, oldMean);
        Map<Artifact, byte[]> lossy = LossyStudent.make(parent, student(trained, mean), 0.05, LossyStudent.HALF_FLOAT);

        byte[] delta = DeltaCodec.encode(parent, lossy);

        Map<Artifact, Long> lengths = new EnumMap<>(Artifact.class);
        lossy.forEach((artifact, bytes) -> lengths.put(artifact, (long) bytes.length));
        Map<Artifact, byte[]> made = DeltaCodec.apply(parent, delta, lengths);
        lossy.forEach((artifact, bytes) -> assertThat(made.get(artifact)).isEqualTo(bytes));
        assertThat(delta.length).isLessThan(made.get(Artifact.STUDENT).length / 20);
    }

    @Test
    void givenALossyStudent_whenItsCardIsRead_thenItNamesTheNewFile() throws IOException {
        Map<Artifact, byte[]> lossy =
                LossyStudent.make(student(old, oldMean), student(trained, mean), 0.1, LossyStudent.HALF_FLOAT);

        ModelCard card = ModelCard.parse(new String(lossy.get(Artifact.CARD), StandardCharsets.UTF_8));

        Path file = Files.createTempFile("lossy", ".pt");
        Files.write(file, lossy.get(Artifact.STUDENT));
        card.verify(file);
        Files.delete(file);
    }

    @Test
    void givenStudentsOfTwoArchitectures_whenThinned_thenASentenceSaysSo() throws IOException {
        assertThatThrownBy(() -> LossyStudent.make(
                        student(old, oldMean), student(Arrays.copyOf(trained, 9), mean), 0.1, LossyStudent.HALF_FLOAT))
                .isInstanceOf(DeltaException.class)
                .hasMessageContaining("one architecture");
    }

    /** Reading checks every entry's checksum. */
    private static Map<String, byte[]> entries(Map<Artifact, byte[]> files) throws IOException {
        Map<String, byte[]> entries = new HashMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(files.get(Artifact.STUDENT)))) {
            for (ZipEntry entry; (entry = zip.getNextEntry()) != null; ) {
                entries.put(entry.getName(), zip.readAllBytes());
            }
        }
        return entries;
    }

    private static Map<Artifact, byte[]> student(float[] weights, float[] mean) throws IOException {
        byte[] first = bytes(weights);
        byte[] second = bytes(mean);
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(archive)) {
            store(zip, "archive/data/0", first);
            store(zip, "archive/data/1", second);
            store(zip, "archive/version", "3\n".getBytes(StandardCharsets.UTF_8));
        }
        String header =
                """
                {"w":{"dtype":"F32","shape":[%d],"data_offsets":[0,%d]},\
                "bn.running_mean":{"dtype":"F32","shape":[%d],"data_offsets":[%d,%d]}}"""
                        .formatted(
                                weights.length, first.length, mean.length, first.length, first.length + second.length);
        header += " ".repeat((8 - header.length() % 8) % 8);
        ByteBuffer safetensors = ByteBuffer.allocate(8 + header.length() + first.length + second.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length())
                .put(header.getBytes(StandardCharsets.UTF_8))
                .put(first)
                .put(second);
        ModelCard card = ModelCard.read(Path.of("../models/fixtures/tiny-student.json"))
                .withFile("student.pt", Sha256.hex(archive.toByteArray()), archive.size());
        Map<Artifact, byte[]> files = new EnumMap<>(Artifact.class);
        files.put(Artifact.STUDENT, archive.toByteArray());
        files.put(Artifact.WEIGHTS, safetensors.array());
        files.put(Artifact.CARD, card.toJson().getBytes(StandardCharsets.UTF_8));
        return files;
    }

    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        entry.setTimeLocal(LocalDateTime.of(1990, 1, 1, 0, 0));
        // TorchScript begins each entry's bytes at a multiple of 64.
        entry.setExtra(ByteBuffer.allocate(64 - 30 - name.length())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) 0x4246)
                .putShort((short) (64 - 30 - name.length() - 4))
                .array());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    private static byte[] bytes(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return bytes.array();
    }

    private static float[] floats(byte[] bytes) {
        float[] values = new float[bytes.length / 4];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }
}
