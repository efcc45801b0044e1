package dev.reflux.fleet.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.label.LabelSchemas;
import dev.reflux.common.model.ModelCard;
import dev.reflux.common.model.Sha256;
import dev.reflux.embedded.EmbeddedS3;
import dev.reflux.fleet.watch.HttpVersionFollower;
import dev.reflux.fleet.watch.PollingVersionFollower;
import dev.reflux.registry.client.HttpObjectSource;
import dev.reflux.registry.client.RegistryReader;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.BucketLayout;
import dev.reflux.registry.format.DeltaRecord;
import dev.reflux.registry.format.Lineage;
import dev.reflux.registry.format.StudentVersion;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StudentPullerTest {

    private static final String MODEL = "street";

    @TempDir
    Path directory;

    private EmbeddedS3 store;
    private ModelRegistry registry;
    private Writer writer;

    @BeforeEach
    void open() {
        store = EmbeddedS3.start(directory.resolve("store"));
        registry = ModelRegistry.open(settings());
        writer = registry.publisher().openWriter(MODEL, "test");
    }

    @AfterEach
    void close() {
        registry.close();
        store.close();
    }

    @Test
    void givenAPublishedStudent_whenPulled_thenItIsInUseUnderOnePath() throws IOException {
        publish("first");
        StudentPuller puller = puller(PullPolicy.DEFAULT);

        PulledStudent pulled = puller.pull("latest");

        assertThat(pulled.version()).isEqualTo(1);
        assertThat(Files.readString(directory.resolve("vehicle/current/student.pt")))
                .isEqualTo("first");
        assertThat(puller.current()).contains(pulled);
    }

    @Test
    void givenANewerStudent_whenPulled_thenTheOldOneStaysAsTheLastGoodOne() throws IOException {
        StudentPuller puller = puller(PullPolicy.DEFAULT);
        publish("first");
        puller.pull("latest");
        publish("second");
        puller.pull("latest");
        Files.writeString(directory.resolve("vehicle/versions/00000002/student.pt"), "bitrot");

        PulledStudent inUse = puller.current().orElseThrow();

        assertThat(inUse.version()).isEqualTo(1);
        assertThat(Files.readString(directory.resolve("vehicle/current/student.pt")))
                .isEqualTo("first");
    }

    @Test
    void givenDamagedFilesInUse_whenPulledAgain_thenTheyAreFetchedAnew() throws IOException {
        StudentPuller puller = puller(PullPolicy.DEFAULT);
        publish("first");
        puller.pull("latest");
        Files.writeString(directory.resolve("vehicle/versions/00000001/student.pt"), "bitrot");

        puller.pull("latest");

        assertThat(Files.readString(directory.resolve("vehicle/current/student.pt")))
                .isEqualTo("first");
    }

    @Test
    void givenATamperedObject_whenPulled_thenItIsRefusedAndTheOldOneStaysInUse() throws IOException {
        StudentPuller puller = puller(PullPolicy.DEFAULT);
        publish("first");
        puller.pull("latest");
        StudentVersion second = publish("second");
        Files.writeString(
                directory
                        .resolve("store/reflux")
                        .resolve(second.blob(Artifact.STUDENT).key()),
                "evil!!");

        assertThatThrownBy(() -> puller.pull("latest"))
                .isInstanceOfSatisfying(RefusedStudentException.class, e -> assertThat(e.reason())
                        .isEqualTo(RefusedStudentException.Reason.DAMAGED));

        assertThat(puller.current().orElseThrow().version()).isEqualTo(1);
    }

    @Test
    void givenAFolderOfAnotherRegistry_whenTheSameNumberIsPulled_thenTheFolderIsRefusedAndStays() throws IOException {
        publish("first");
        puller(PullPolicy.DEFAULT).pull("latest");
        close();
        store = EmbeddedS3.start(directory.resolve("other-store"));
        registry = ModelRegistry.open(settings());
        writer = registry.publisher().openWriter(MODEL, "test");
        publish("first of the other registry");

        assertThatThrownBy(() -> puller(PullPolicy.DEFAULT).pull("latest"))
                .isInstanceOfSatisfying(RefusedStudentException.class, e -> assertThat(e.reason())
                        .isEqualTo(RefusedStudentException.Reason.FOREIGN_FOLDER))
                .hasMessageContaining(directory.resolve("vehicle").toString())
                .hasMessageContaining("another registry; give");

        assertThat(directory.resolve("vehicle/current/student.pt")).hasContent("first");
    }

    @Test
    void givenAFolderOfANewerVersionOfAnotherRegistry_whenPulled_thenTheFolderIsNamedAndNotTheVersion()
            throws IOException {
        publish("first");
        publish("second");
        puller(PullPolicy.DEFAULT).pull("latest");
        close();
        store = EmbeddedS3.start(directory.resolve("other-store"));
        registry = ModelRegistry.open(settings());
        writer = registry.publisher().openWriter(MODEL, "test");
        publish("first of the other registry");

        assertThatThrownBy(() -> puller(PullPolicy.DEFAULT).pull("latest"))
                .hasMessageContaining("another registry; give")
                .hasMessageNotContaining("is older than");
    }

    @Test
    void givenAFolderOfAnotherModel_whenPulled_thenBothModelsAreNamed() throws IOException {
        publish("first");
        puller(PullPolicy.DEFAULT).pull("latest");
        Writer lite = registry.publisher().openWriter("street-lite", "test");
        registry.publisher().publish(lite, candidate("first"));

        assertThatThrownBy(() -> new StudentPuller(
                                registry.reader(), "street-lite", directory.resolve("vehicle"), PullPolicy.DEFAULT)
                        .pull("latest"))
                .isInstanceOfSatisfying(RefusedStudentException.class, e -> assertThat(e.reason())
                        .isEqualTo(RefusedStudentException.Reason.FOREIGN_FOLDER))
                .hasMessageContaining("of the model street;")
                .hasMessageContaining("street-lite");
    }

    @Test
    void givenAnOlderVersion_whenPulled_thenItIsRefusedUnlessADowngradeIsAllowed() throws IOException {
        publish("first");
        publish("second");
        puller(PullPolicy.DEFAULT).pull("2");

        assertThatThrownBy(() -> puller(PullPolicy.DEFAULT).pull("1")).hasMessageContaining("older than version 2");

        assertThat(puller(PullPolicy.DEFAULT.withDowngrade(true)).pull("1").version())
                .isEqualTo(1);
    }

    @Test
    void givenAnotherLabelSchema_whenPulled_thenItIsRefused() throws IOException {
        publish("first");

        assertThatThrownBy(() -> puller(PullPolicy.DEFAULT.withLabelSchema("cityscapes-19"))
                        .pull("latest"))
                .isInstanceOf(RefusedStudentException.class)
                .hasMessageContaining("synthetic-9");

        assertThat(puller(PullPolicy.DEFAULT).current()).isEmpty();
    }

    @Test
    void givenATrustFile_whenAStudentIsUnsignedOrWronglySigned_thenItIsRefusedAndTheSentenceSaysWhich()
            throws IOException {
        SigningKey trusted = SigningKey.generate();
        SigningKey foreign = SigningKey.generate();
        StudentPuller puller = puller(PullPolicy.DEFAULT.withTrust(TrustFile.of(List.of(trusted.publicKey()))));
        publish("unsigned");
        assertRefused(puller, "1", "street version 1 is not signed: it is refused.");

        publishSigned("foreign", foreign);
        assertRefused(
                puller,
                "2",
                "street version 2 is signed with key " + foreign.id() + ", which is not among the trusted ones ["
                        + trusted.id() + "]: it is refused.");

        publishSigned("good", trusted);
        assertThat(puller.pull("3").version()).isEqualTo(3);
    }

    @Test
    void givenAManifestThatWasRewrittenUnderAnOldSignature_whenPulled_thenItIsRefused() throws Exception {
        SigningKey trusted = SigningKey.generate();
        StudentPuller puller = puller(PullPolicy.DEFAULT.withTrust(TrustFile.of(List.of(trusted.publicKey()))));
        StudentVersion version = publishSigned("good", trusted);
        Path object = directory
                .resolve("store/reflux")
                .resolve(BucketLayout.versions(version.model()).of(version.version()));
        com.fasterxml.jackson.databind.ObjectMapper json = new com.fasterxml.jackson.databind.ObjectMapper();
        var root = (com.fasterxml.jackson.databind.node.ObjectNode) json.readTree(object.toFile());
        ((com.fasterxml.jackson.databind.node.ObjectNode) root.path("body")).put("writer", "mallory");
        ((com.fasterxml.jackson.databind.node.ObjectNode) root.path("seal"))
                .put("sha256", Sha256.hex(json.writeValueAsBytes(root.path("body"))));
        Files.write(object, json.writeValueAsBytes(root));

        assertRefused(
                puller,
                "latest",
                "street version 1 carries a signature of key " + trusted.id()
                        + " that does not fit it: it is refused.");
    }

    private static void assertRefused(StudentPuller puller, String version, String sentence) {
        assertThatThrownBy(() -> puller.pull(version))
                .isInstanceOfSatisfying(RefusedStudentException.class, e -> assertThat(e.reason())
                        .isEqualTo(RefusedStudentException.Reason.NOT_TRUSTED))
                .hasMessage(sentence);
    }

    private StudentVersion publishSigned(String content, SigningKey key) throws IOException {
        try (ModelRegistry signing = ModelRegistry.open(settings(), key)) {
            return signing.publisher().publish(writer, candidate(content));
        }
    }

    @Test
    void givenDeltas_whenPulled_thenTheChainSufficesAndTheFilesAreTheSame() throws IOException {
        StudentPuller puller = puller(PullPolicy.DEFAULT);
        String much = "a student of many words ".repeat(400);
        publish(much + 1);
        puller.pull("latest");
        publish(much + 2);
        StudentVersion third = publish(much + 3);
        registry.deltas().add(MODEL, 1, 2);
        registry.deltas().add(MODEL, 2, 3);
        removeWholeStudent(third);

        PulledStudent pulled = puller.pull("latest");

        assertThat(pulled.version()).isEqualTo(3);
        assertThat(Files.readString(pulled.file())).isEqualTo(much + 3);
        assertThat(Sha256.hex(pulled.weights()))
                .isEqualTo(third.blob(Artifact.WEIGHTS).sha256());
    }

    @Test
    void givenADamagedDelta_whenPulled_thenTheStudentIsFetchedWhole() throws IOException {
        StudentPuller puller = puller(PullPolicy.DEFAULT);
        String much = "a student of many words ".repeat(400);
        publish(much + 1);
        puller.pull("latest");
        publish(much + 2);
        DeltaRecord delta = registry.deltas().add(MODEL, 1, 2).orElseThrow();
        Files.writeString(directory.resolve("store/reflux").resolve(delta.blob().key()), "evil");

        PulledStudent pulled = puller.pull("latest");

        assertThat(Files.readString(pulled.file())).isEqualTo(much + 2);
    }

    private void removeWholeStudent(StudentVersion version) throws IOException {
        Files.delete(directory
                .resolve("store/reflux")
                .resolve(version.blob(Artifact.STUDENT).key()));
    }

    @Test
    void givenAVehicleWithATokenAndNoKeys_whenItWatchesAndPullsOverHttp_thenItGetsEachStudent() throws IOException {
        publish("first");
        Path tokens = directory.resolve("tokens.json");
        String token = Tokens.add(tokens, "car", Role.READER);
        List<String> inUse = new ArrayList<>();
        try (ObjectStore bucket = MinioStore.open(settings());
                RegistryServer server = RegistryMain.start(bucket, HttpSettings.loopback(Tokens.read(tokens)));
                RegistryReader remote = new RegistryReader(new HttpObjectSource(server.address(), token))) {
            StudentPuller puller = new StudentPuller(remote, MODEL, directory.resolve("vehicle"), PullPolicy.DEFAULT);

            new HttpVersionFollower(server.address(), token, MODEL, "latest").follow(version -> {
                PulledStudent student = puller.pull(String.valueOf(version));
                inUse.add(read(student.file()));
                if (version == 1) {
                    publish("second");
                }
                return version < 2;
            });
        }

        assertThat(inUse).containsExactly("first", "second");
    }

    @Test
    void givenAVehicleThatPulls_whenItIsKilledAtAnyMoment_thenAWholeStudentIsInUse() throws Exception {
        int versions = 4;
        List<String> whole = new ArrayList<>();
        for (int i = 1; i <= versions; i++) {
            whole.add("student " + i + " ".repeat(300_000));
            publish(whole.get(i - 1));
        }
        registry.deltas().add(MODEL, 1, 2);
        Random random = new Random(3);

        for (int kill = 0; kill < 5; kill++) {
            killAfter(versions, random.nextInt(250));

            PulledStudent inUse = puller(PullPolicy.DEFAULT).current().orElseThrow();
            assertThat(Files.readString(inUse.file())).isEqualTo(whole.get((int) inUse.version() - 1));
            assertThat(Files.readString(directory.resolve("vehicle/current/student.pt")))
                    .isEqualTo(whole.get((int) inUse.version() - 1));
            assertThat(Files.readString(inUse.weights())).startsWith("weights of student " + inUse.version());
        }
    }

    private void killAfter(int versions, int millis) throws Exception {
        Process vehicle = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        EndlessPullMain.class.getName(),
                        store.endpoint().toString(),
                        store.accessKey(),
                        store.secretKey(),
                        MODEL,
                        directory.resolve("vehicle").toString(),
                        String.valueOf(versions))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader said = vehicle.inputReader()) {
            assertThat(said.lines().anyMatch("pulling"::equals)).isTrue();
            // When it dies must not depend on what it does.
            assertThat(vehicle.waitFor(millis, TimeUnit.MILLISECONDS)).isFalse();
        } finally {
            vehicle.destroyForcibly().waitFor();
        }
    }

    @Test
    void givenARecordThatPowerLossEmptied_whenTheVehicleStarts_thenTheLastGoodStudentIsInUse() throws IOException {
        StudentPuller puller = puller(PullPolicy.DEFAULT);
        publish("first");
        puller.pull("latest");
        publish("second");
        for (String content : List.of("", "{}", "{\"model\":\"street\",\"version\":2,\"sha256\":{}}")) {
            puller.pull("latest");
            Files.writeString(directory.resolve("vehicle/versions/00000002/pulled.json"), content);

            assertThat(puller.current().orElseThrow().version()).as(content).isEqualTo(1);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void givenNoSuchVersion_whenPulled_thenTheSentenceNamesIt() {
        assertThatThrownBy(() -> puller(PullPolicy.DEFAULT).pull("17"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("17");
    }

    @Test
    void givenAWatch_whenVersionsAppear_thenEachIsTold() throws IOException {
        publish("first");
        List<Long> told = new ArrayList<>();

        new PollingVersionFollower(registry.reader(), MODEL, "latest", Duration.ofMillis(5)).follow(version -> {
            told.add(version);
            if (version == 1) {
                publish("second");
            }
            return version < 2;
        });

        assertThat(told).containsExactly(1L, 2L);
    }

    @Test
    void givenATrustFileThatAsksForSignedAliases_whenOneIsNot_thenItIsRefusedAndASignedOneIsTaken() {
        SigningKey key = SigningKey.generate();
        TrustFile trust = TrustFile.of(List.of(key.publicKey()));
        try (ModelRegistry signing = ModelRegistry.open(settings(), key)) {
            signing.publisher().publish(signing.publisher().openWriter(MODEL, "signer"), candidate("signed"));
            registry.aliases().point(MODEL, "champion", 1, "test", "");
            StudentPuller asking = puller(PullPolicy.DEFAULT.withTrust(trust.withSignedAliases(true)));
            StudentPuller notAsking = puller(PullPolicy.DEFAULT.withTrust(trust));

            assertThatThrownBy(() -> asking.pull("champion"))
                    .isInstanceOf(RefusedStudentException.class)
                    .hasMessageContaining("The alias champion")
                    .hasMessageContaining("not signed");
            assertThat(asking.current()).isEmpty();
            assertThat(asking.pull("latest").version()).isEqualTo(1);
            assertThat(asking.pull("1").version()).isEqualTo(1);
            assertThat(notAsking.pull("champion").version()).isEqualTo(1);
        }
    }

    private StoreSettings settings() {
        return new StoreSettings(store.endpoint(), "us-east-1", "reflux", store.accessKey(), store.secretKey());
    }

    private StudentPuller puller(PullPolicy policy) {
        return new StudentPuller(registry.reader(), MODEL, directory.resolve("vehicle"), policy);
    }

    private StudentVersion publish(String content) {
        return registry.publisher().publish(writer, candidate(content));
    }

    private CandidateStudent candidate(String content) {
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
