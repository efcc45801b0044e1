package dev.reflux.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.Lineage;
import dev.reflux.registry.format.Manifest;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.format.signing.SigningKey;
import dev.reflux.registry.format.signing.TrustFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Others can verify what Reflux signs: examples/python/verify_manifest.py knows nothing of it but RFC 8785 and Ed25519. */
class ManifestVerifierTest {

    private static final Path VERIFIER =
            Path.of("../examples/python/verify_manifest.py").toAbsolutePath().normalize();

    @TempDir
    Path folder;

    private final SigningKey key = SigningKey.generate();
    private final StudentVersion version = new StudentVersion(
            "student",
            7,
            Instant.parse("2026-01-01T00:00:00Z"),
            "größer \u20ac",
            1,
            Map.of(Artifact.STUDENT, new StudentVersion.Blob("blobs/a", "ab".repeat(32), 9)),
            new Lineage(6, "t", "p", "s", Map.of("samples-0", 5L), 2, 3),
            Map.of("miou", 1e-7, "bce", 4.5e21),
            Map.of("seed", "1"));

    @BeforeEach
    void pythonIsThere() throws Exception {
        assumeThat(Files.isExecutable(Path.of("/usr/bin/python3")) || run("python3", "--version") == 0)
                .as("python3")
                .isTrue();
    }

    @Test
    void givenASignedManifest_whenVerifiedByAnotherProgram_thenItIsGood() throws Exception {
        int code = verify(signed(), key);

        assertThat(code).isZero();
    }

    @Test
    void givenAManifestWithAnAddedField_whenVerifiedByAnotherProgram_thenItIsRefused() throws Exception {
        byte[] added = new String(signed(), StandardCharsets.UTF_8)
                .replaceFirst("\\{\"body\":\\{", "{\"body\":{\"added\":1,")
                .getBytes(StandardCharsets.UTF_8);

        int code = verify(added, key);

        assertThat(code).isEqualTo(1);
    }

    @Test
    void givenTheKeyOfAStranger_whenVerifiedByAnotherProgram_thenItIsRefused() throws Exception {
        int code = verify(signed(), SigningKey.generate());

        assertThat(code).isEqualTo(1);
    }

    private byte[] signed() {
        return Manifest.write(version, Optional.of(key.sign(Manifest.canonical(version))));
    }

    private int verify(byte[] manifest, SigningKey trusted) throws Exception {
        Path object = Files.write(folder.resolve("manifest.json"), manifest);
        Path trust = folder.resolve("trust.json");
        TrustFile.of(List.of(trusted.publicKey())).write(trust);
        return run("python3", VERIFIER.toString(), object.toString(), trust.toString());
    }

    private int run(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("python.log").toFile())
                    .start()
                    .waitFor();
        } catch (IOException e) {
            return -1;
        }
    }
}
