package dev.reflux.registry.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ManifestTest {

    private static final StudentVersion VERSION = new StudentVersion(
            "street",
            42,
            Instant.parse("2026-03-01T12:00:00.250Z"),
            "trainer-0",
            3,
            Map.of(
                    Artifact.STUDENT, new StudentVersion.Blob("street/blobs/aa-1", "a".repeat(64), 10),
                    Artifact.CARD, new StudentVersion.Blob("street/blobs/bb-1", "b".repeat(64), 2)),
            new Lineage(41, "teacher", "head", "synthetic-9", Map.of("samples-1", 9L, "samples-0", 8L), 120, 960),
            Map.of("holdout.miou", 0.6125, "b", 2.0E-3, "a", 2.0E23),
            Map.of("lr", "0.0005", "größe", "\"5\""));

    @Test
    void givenAVersion_whenWritten_thenItsBytesAreTheCanonicalOnes() {
        byte[] bytes = Manifest.canonical(VERSION);

        assertThat(new String(bytes, StandardCharsets.UTF_8))
                .isEqualTo("{\"artifacts\":{\"student.json\":{\"bytes\":2,\"key\":\"street/blobs/bb-1\",\"sha256\":\""
                        + "b".repeat(64) + "\"},"
                        + "\"student.pt\":{\"bytes\":10,\"key\":\"street/blobs/aa-1\",\"sha256\":\"" + "a".repeat(64)
                        + "\"}},"
                        + "\"config\":{\"größe\":\"\\\"5\\\"\",\"lr\":\"0.0005\"},"
                        + "\"createdAt\":\"2026-03-01T12:00:00.250Z\",\"epoch\":3,\"format\":3,"
                        + "\"lineage\":{\"framesTrained\":960,\"labelSchemaId\":\"synthetic-9\","
                        + "\"nextOffsets\":{\"samples-0\":8,\"samples-1\":9},\"parentVersion\":41,"
                        + "\"projectionHeadId\":\"head\",\"step\":120,\"teacherId\":\"teacher\"},"
                        + "\"metrics\":{\"a\":2e+23,\"b\":0.002,\"holdout.miou\":0.6125},"
                        + "\"model\":\"street\",\"version\":42,\"writer\":\"trainer-0\"}");
        assertThat(Manifest.sha256(VERSION)).hasSize(64);
    }

    @Test
    void givenAManifest_whenReadBack_thenItIsTheSameVersion() {
        byte[] bytes = Manifest.write(VERSION, Optional.empty());

        Manifest.Read read = Manifest.read(bytes, "key");

        assertThat(read.version()).isEqualTo(VERSION);
        assertThat(read.signature()).isEmpty();
    }
}
