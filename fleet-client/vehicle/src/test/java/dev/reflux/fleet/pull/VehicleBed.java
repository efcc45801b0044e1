package dev.reflux.fleet.pull;

import dev.reflux.common.label.LabelSchemas;
import dev.reflux.common.model.ModelCard;
import dev.reflux.common.model.Sha256;
import dev.reflux.embedded.EmbeddedS3;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.Lineage;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.format.signing.SigningKey;
import dev.reflux.registry.store.CandidateStudent;
import dev.reflux.registry.store.ModelRegistry;
import dev.reflux.registry.store.StoreSettings;
import dev.reflux.registry.store.Writer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A registry with one model line, and a vehicle's folder, for the suites of the vehicle. */
public abstract class VehicleBed {

    protected static final String MODEL = "street";

    @TempDir
    protected Path directory;

    protected EmbeddedS3 store;
    protected ModelRegistry registry;
    protected Writer writer;

    @BeforeEach
    protected void open() {
        store = EmbeddedS3.start(directory.resolve("store"));
        registry = ModelRegistry.open(settings());
        writer = registry.publisher().openWriter(MODEL, "test");
    }

    @AfterEach
    protected void close() {
        registry.close();
        store.close();
    }

    protected StudentVersion publishSigned(String content, SigningKey key) throws IOException {
        try (ModelRegistry signing = ModelRegistry.open(settings(), key)) {
            return signing.publisher().publish(writer, candidate(content));
        }
    }

    protected StoreSettings settings() {
        return new StoreSettings(store.endpoint(), "us-east-1", "reflux", store.accessKey(), store.secretKey());
    }

    protected StudentPuller puller(PullPolicy policy) {
        return new StudentPuller(registry.reader(), MODEL, directory.resolve("vehicle"), policy);
    }

    protected StudentVersion publish(String content) {
        return registry.publisher().publish(writer, candidate(content));
    }

    protected CandidateStudent candidate(String content) {
        try {
            Path files = Files.createTempDirectory(directory, "candidate");
            Path student = Files.writeString(files.resolve("student.pt"), content);
            ModelCard card = ModelCard.read(Path.of("../../models/fixtures/tiny-student.json"))
                    .withSchema(LabelSchemas.builtIn().find("synthetic-9").orElseThrow())
                    .withFile("student.pt", Sha256.hex(student), Files.size(student));
            card.write(files.resolve("student.json"));
            Files.writeString(files.resolve("weights.safetensors"), "weights of " + content);
            return new CandidateStudent(
                    Map.of(
                            Artifact.STUDENT, student,
                            Artifact.CARD, files.resolve("student.json"),
                            Artifact.WEIGHTS, files.resolve("weights.safetensors")),
                    new Lineage(0, "teacher", "ph", "synthetic-9", Map.of(), 1, 1),
                    Map.of(),
                    Map.of());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
