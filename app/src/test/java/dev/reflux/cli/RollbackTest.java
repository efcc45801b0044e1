package dev.reflux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.common.launch.Failures;
import dev.reflux.common.model.ModelCard;
import dev.reflux.common.model.Sha256;
import dev.reflux.embedded.EmbeddedS3;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.Lineage;
import dev.reflux.registry.format.signing.SigningKey;
import dev.reflux.registry.format.signing.TrustFile;
import dev.reflux.registry.store.CandidateStudent;
import dev.reflux.registry.store.ModelRegistry;
import dev.reflux.registry.store.StoreSettings;
import dev.reflux.registry.store.Writer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RollbackTest {

    private static final String MODEL = "student";

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();

    @BeforeEach
    void threeVersionsOfWhichTheLastIsTheChampion() throws Exception {
        try (EmbeddedS3 s3 = EmbeddedS3.start(folder.resolve("store"));
                ModelRegistry registry = open(s3)) {
            Writer writer = registry.publisher().openWriter(MODEL, "test");
            for (int version = 1; version <= 3; version++) {
                registry.publisher().publish(writer, candidate(version - 1));
            }
            registry.aliases().point(MODEL, "champion", 3, "test", "");
            registry.aliases().point(MODEL, "canary", 3, "test", "");
            registry.aliases().point(MODEL, "stable", 1, "test", "");
        }
    }

    @Test
    void givenTheNewestVersionIsTheChampion_whenRolledBack_thenEveryAliasOfThatVersionGoesBack() throws Exception {
        int code = reflux("models", "rollback", MODEL, "--local", folder.toString());

        assertThat(code).isZero();
        assertThat(aliases())
                .containsExactlyInAnyOrderEntriesOf(Map.of("latest", 2L, "champion", 2L, "canary", 2L, "stable", 1L));
        assertThat(out.toString())
                .contains("champion of student is version 2 again (it was 3).")
                .contains("stable of student stays at version 1.");
    }

    @Test
    void givenOneAlias_whenItIsRolledBack_thenTheOthersStay() throws Exception {
        int code =
                reflux("models", "rollback", MODEL, "--alias", "champion", "--to", "1", "--local", folder.toString());

        assertThat(code).isZero();
        assertThat(aliases())
                .containsExactlyInAnyOrderEntriesOf(Map.of("latest", 3L, "champion", 1L, "canary", 3L, "stable", 1L));
    }

    @Test
    void givenAFleetBehindTheNewestVersion_whenRolledBack_thenChampionAndCanaryReturnToTheChampionBefore()
            throws Exception {
        try (EmbeddedS3 s3 = EmbeddedS3.start(folder.resolve("store"));
                ModelRegistry registry = open(s3)) {
            registry.aliases().point(MODEL, "champion", 1, "test", "");
            registry.aliases().point(MODEL, "champion", 2, "test", "");
        }

        int code = reflux("models", "rollback", MODEL, "--reason", "blind", "--local", folder.toString());

        assertThat(code).isZero();
        assertThat(aliases())
                .containsExactlyInAnyOrderEntriesOf(Map.of("latest", 3L, "champion", 1L, "canary", 1L, "stable", 1L));
        assertThat(out.toString())
                .contains("champion of student is version 1 again (it was 2).")
                .contains("canary of student is version 1 again (it was 3).")
                .contains("latest of student stays at version 3.");
    }

    @Test
    void givenTheKeyOfAQuickstart_whenRolledBack_thenTheRecordSaysSoUnderItsSignature() throws Exception {
        SigningKey key = SigningKey.generate();
        Files.createDirectories(folder.resolve("work"));
        key.write(folder.resolve("work").resolve("signing.key"));

        int code = reflux("models", "rollback", MODEL, "--reason", "blind", "--local", folder.toString());

        assertThat(code).isZero();
        try (EmbeddedS3 s3 = EmbeddedS3.start(folder.resolve("store"));
                ModelRegistry registry = open(s3)) {
            TrustFile trust = TrustFile.of(List.of(key.publicKey())).withSignedAliases(true);
            assertThat(registry.reader().distrustAlias(MODEL, "champion", trust))
                    .isEmpty();
            assertThat(registry.reader().current(MODEL, "champion")).hasValueSatisfying(change -> {
                assertThat(change.rollback()).isTrue();
                assertThat(change.version()).isEqualTo(2);
                assertThat(change.reason()).isEqualTo("blind");
            });
        }
    }

    private int reflux(String... words) {
        return RefluxCommandLine.of(
                        new PrintWriter(out, true),
                        new PrintWriter(out, true),
                        new Failures(false, false, List.of()),
                        List.of(words))
                .execute(words);
    }

    private Map<String, Long> aliases() throws Exception {
        try (EmbeddedS3 s3 = EmbeddedS3.start(folder.resolve("store"));
                ModelRegistry registry = open(s3)) {
            return registry.catalog().aliases(MODEL);
        }
    }

    private static ModelRegistry open(EmbeddedS3 s3) {
        return ModelRegistry.open(
                new StoreSettings(s3.endpoint(), "us-east-1", "reflux", s3.accessKey(), s3.secretKey()));
    }

    private CandidateStudent candidate(long parent) throws IOException {
        Path files = Files.createTempDirectory(folder, "candidate");
        Path student = Files.writeString(files.resolve("student.pt"), "student after " + parent);
        ModelCard.read(Path.of("../models/fixtures/tiny-student.json"))
                .withFile("student.pt", Sha256.hex(student), Files.size(student))
                .write(files.resolve("student.json"));
        Files.writeString(files.resolve("weights.safetensors"), "weights after " + parent);
        return new CandidateStudent(
                Map.of(
                        Artifact.STUDENT, student,
                        Artifact.CARD, files.resolve("student.json"),
                        Artifact.WEIGHTS, files.resolve("weights.safetensors")),
                new Lineage(parent, "teacher", "head", "tiny-5", Map.of(), 1, 1),
                Map.of(),
                Map.of());
    }
}
