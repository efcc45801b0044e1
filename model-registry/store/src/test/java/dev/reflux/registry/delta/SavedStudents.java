package dev.reflux.registry.delta;

import dev.reflux.common.model.ModelCard;
import dev.reflux.common.model.Sha256;
import dev.reflux.registry.Artifact;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** Files as a trainer saves them, of a student that has a matrix of weights and a row of statistics. */
public final class SavedStudents {

    private SavedStudents() {}

    /** Reading checks every entry's checksum. */
    static Map<String, byte[]> entries(Map<Artifact, byte[]> files) throws IOException {
        Map<String, byte[]> entries = new HashMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(files.get(Artifact.STUDENT)))) {
            for (ZipEntry entry; (entry = zip.getNextEntry()) != null; ) {
                entries.put(entry.getName(), zip.readAllBytes());
            }
        }
        return entries;
    }

    public static Map<Artifact, byte[]> student(float[] weights, float[] mean) throws IOException {
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
                {"w":{"dtype":"F32","shape":[1,%d],"data_offsets":[0,%d]},\
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

    static float[] floats(byte[] bytes) {
        float[] values = new float[bytes.length / 4];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }
}
