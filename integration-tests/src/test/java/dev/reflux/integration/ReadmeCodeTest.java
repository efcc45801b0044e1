package dev.reflux.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.common.model.ModelCard;
import dev.reflux.common.model.Sha256;
import dev.reflux.embedded.EmbeddedS3;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.Lineage;
import dev.reflux.registry.format.signing.SigningKey;
import dev.reflux.registry.format.signing.TrustFile;
import dev.reflux.registry.server.HttpSettings;
import dev.reflux.registry.server.RegistryMain;
import dev.reflux.registry.server.RegistryServer;
import dev.reflux.registry.server.Role;
import dev.reflux.registry.server.Tokens;
import dev.reflux.registry.store.CandidateStudent;
import dev.reflux.registry.store.MinioStore;
import dev.reflux.registry.store.ModelRegistry;
import dev.reflux.registry.store.ObjectStore;
import dev.reflux.registry.store.StoreSettings;
import dev.reflux.registry.store.Writer;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The README's Java compiles as it stands there, and does what it says. */
class ReadmeCodeTest {

    private static final Pattern BLOCK = Pattern.compile("^```java\\n(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE);
    private static final String MODEL = "student";

    @TempDir
    Path folder;

    @Test
    @Timeout(60)
    void givenTheReadmesVehicle_whenStudentsArePromotedAndTakenBack_thenItLoadsEach() throws Exception {
        compile();
        SigningKey key = SigningKey.generate();
        TrustFile.of(List.of(key.publicKey())).write(folder.resolve("trust.json"));
        Path tokens = folder.resolve("tokens.json");
        String token = Tokens.add(tokens, "car", Role.READER);
        try (EmbeddedS3 s3 = EmbeddedS3.start(folder.resolve("store"));
                ObjectStore bucket = MinioStore.open(
                        new StoreSettings(s3.endpoint(), "us-east-1", "reflux", s3.accessKey(), s3.secretKey()));
                RegistryServer server = RegistryMain.start(bucket, HttpSettings.loopback(Tokens.read(tokens)))) {
            ModelRegistry registry = new ModelRegistry(bucket, Clock.systemUTC(), Optional.of(key));
            Writer writer = registry.publisher().openWriter(MODEL, "test");
            promote(registry, writer, "first");

            Process vehicle = drive(server.address().toString(), token);

            try (BufferedReader said = vehicle.inputReader()) {
                assertThat(said.readLine()).startsWith("version 1 is ").endsWith("student.pt");
                promote(registry, writer, "second");
                assertThat(said.readLine()).startsWith("version 2 is ");
                assertThat(folder.resolve("vehicle/current/student.pt")).hasContent("second");
                registry.aliases().point(MODEL, "champion", 1, "test", "2 sees ghosts");
                assertThat(said.readLine()).startsWith("version 1 is ");
                assertThat(folder.resolve("vehicle/current/student.pt")).hasContent("first");
            } finally {
                vehicle.destroyForcibly().waitFor();
            }
        }
    }

    private void compile() throws IOException {
        Matcher block = BLOCK.matcher(Files.readString(Path.of("../README.md")));
        assertThat(block.find()).as("a java block in the README").isTrue();
        Path source = Files.writeString(folder.resolve("Vehicle.java"), block.group(1));

        int failed = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        System.err,
                        System.err,
                        "-proc:none",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-d",
                        folder.toString(),
                        source.toString());

        assertThat(failed).isZero();
    }

    private Process drive(String api, String token) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        folder + System.getProperty("path.separator") + System.getProperty("java.class.path"),
                        "Vehicle",
                        api,
                        token)
                .directory(folder.toFile())
                .redirectError(folder.resolve("vehicle.log").toFile())
                .start();
    }

    private void promote(ModelRegistry registry, Writer writer, String content) throws IOException {
        Path files = Files.createTempDirectory(folder, "candidate");
        Path student = Files.writeString(files.resolve("student.pt"), content);
        ModelCard.read(Path.of("../models/fixtures/tiny-student.json"))
                .withFile("student.pt", Sha256.hex(student), Files.size(student))
                .write(files.resolve("student.json"));
        Files.writeString(files.resolve("weights.safetensors"), content);
        CandidateStudent candidate = new CandidateStudent(
                Map.of(
                        Artifact.STUDENT, student,
                        Artifact.CARD, files.resolve("student.json"),
                        Artifact.WEIGHTS, files.resolve("weights.safetensors")),
                new Lineage(0, "teacher", "head", "tiny-5", Map.of(), 1, 1),
                Map.of(),
                Map.of());
        registry.aliases()
                .point(
                        MODEL,
                        "champion",
                        registry.publisher().publish(writer, candidate).version(),
                        "test",
                        "");
    }
}
