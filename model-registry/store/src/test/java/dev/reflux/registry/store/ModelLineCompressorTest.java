package dev.reflux.registry.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.failure.UsageException;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.DeltaRecord;
import dev.reflux.registry.format.Lineage;
import dev.reflux.registry.format.RegistryException;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.format.delta.SavedStudents;
import dev.reflux.registry.format.signing.SigningKey;
import dev.reflux.registry.format.signing.TrustFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ModelLineCompressorTest {

    private static final double SHARE = 0.08;

    private final SigningKey key = SigningKey.generate();
    private final TrustFile trust = TrustFile.of(List.of(key.publicKey()));
    private Path directory;
    private StoreUnderTest server;
    private ObjectStore store;
    private ModelRegistry registry;
    private int lines;

    @BeforeAll
    void open(@TempDir Path folder) {
        directory = folder;
        server = StoreUnderTest.embedded(folder.resolve("store"), getClass());
        store = server.open();
        registry = new ModelRegistry(store, Clock.systemUTC(), Optional.of(key));
    }

    @AfterAll
    void close() throws Exception {
        store.close();
        server.close();
    }

    @Test
    void givenTrainedVersions_whenCaughtUp_thenEachHasASignedLossyOneThatAVehicleReachesByShortDeltas() {
        String model = trained(4);
        String lite = model + "-lite";

        List<ModelLineCompressor.Step> steps = line(registry, model).catchUp("test", step -> {});

        assertThat(steps)
                .extracting(step -> step.lossy().lineage().approximation().version())
                .containsExactly(1L, 2L, 3L, 4L);
        StudentVersion first = registry.reader().require(lite, "1");
        StudentVersion last = registry.reader().require(lite, "latest");
        assertThat(first.artifacts().get(Artifact.STUDENT).sha256())
                .isEqualTo(registry.reader()
                        .require(model, "1")
                        .blob(Artifact.STUDENT)
                        .sha256());
        assertThat(last.lineage().parentVersion()).isEqualTo(3);
        assertThat(last.lineage().step())
                .isEqualTo(registry.reader().require(model, "4").lineage().step());
        assertThat(last.metrics()).containsEntry("test.miou", 0.25);
        List<DeltaRecord> chain = registry.reader().deltas().cheapestChain(1, last);
        assertThat(chain)
                .hasSize(3)
                .allMatch(delta -> delta.blob().bytes()
                        <= SHARE * last.blob(Artifact.STUDENT).bytes());
        Map<Artifact, byte[]> files = registry.reader().files().read(first);
        for (DeltaRecord delta : chain) {
            files = registry.reader().deltas().apply(delta, files);
        }
        assertThat(files.get(Artifact.WEIGHTS))
                .isEqualTo(registry.reader().files().read(last).get(Artifact.WEIGHTS));
        assertThat(registry.catalog().check(lite, Optional.of(trust)).findings())
                .isEmpty();
    }

    @Test
    void givenALineThatIsUpToDate_whenCaughtUp_thenNothingIsPublishedAndNoWriterIsOpened() {
        String model = trained(2);
        line(registry, model).catchUp("test", step -> {});
        long objects = store.list(model + "-lite/").size();

        List<ModelLineCompressor.Step> steps = line(registry, model).catchUp("test", step -> {});

        assertThat(steps).isEmpty();
        assertThat(store.list(model + "-lite/")).hasSize((int) objects);
    }

    @Test
    void givenAKillAtAnyCall_whenStartedAgain_thenEveryTrainedVersionIsApproximatedOnceAndItsDeltaIsThere() {
        String model = trained(2);
        boolean survived = false;
        for (int call = 1; !survived; call++) {
            String lite = model + "-lite-" + call;
            try (ObjectStore dying = new DyingStore(store, call, true)) {
                new ModelLineCompressor(
                                new ModelRegistry(dying, Clock.systemUTC(), Optional.of(key)),
                                model,
                                lite,
                                SHARE,
                                Optional.of(trust),
                                files -> Map.of())
                        .catchUp("doomed", step -> {});
                survived = true;
            } catch (DyingStore.Killed e) {
                survived = false;
            }

            new ModelLineCompressor(registry, model, lite, SHARE, Optional.of(trust), files -> Map.of())
                    .catchUp("next", step -> {});

            assertThat(registry.catalog().versions(lite, 1))
                    .as("after call %d", call)
                    .extracting(version -> version.lineage().approximation().version())
                    .containsExactly(1L, 2L);
            assertThat(registry.reader().deltas().find(lite, 1, 2).isPresent())
                    .as("after call %d", call)
                    .isTrue();
        }
    }

    @Test
    void givenAnyByteOfALossyDeltaChanged_whenApplied_thenItIsRefused() {
        String model = trained(2);
        line(registry, model).catchUp("test", step -> {});
        DeltaRecord delta = registry.reader().deltas().list(model + "-lite").get(0);
        Map<Artifact, byte[]> parent =
                registry.reader().files().read(registry.reader().require(model + "-lite", "1"));
        TamperedStore copy = new TamperedStore(store, model + "-lite/");
        ModelRegistry tampered = new ModelRegistry(copy, Clock.systemUTC());
        byte[] bytes = copy.objects().get(delta.blob().key());

        for (int at = 0; at < bytes.length; at++) {
            bytes[at] ^= 0x40;
            assertThatThrownBy(() -> tampered.reader().deltas().apply(delta, parent))
                    .as("byte %d", at)
                    .isInstanceOf(RegistryException.class)
                    .hasMessageContaining("sha256 differs");
            bytes[at] ^= 0x40;
        }
    }

    @Test
    void givenAnUntrustedOrWrongLine_whenCaughtUp_thenASentenceSaysSoAndNothingIsPublished() {
        String model = trained(2);
        TrustFile others = TrustFile.of(List.of(SigningKey.generate().publicKey()));
        ModelLineCompressor untrusting =
                new ModelLineCompressor(registry, model, model + "-no", SHARE, Optional.of(others), files -> Map.of());
        ModelLineCompressor onTrained =
                new ModelLineCompressor(registry, model, trained(1), SHARE, Optional.empty(), files -> Map.of());

        assertThatThrownBy(() -> untrusting.catchUp("test", step -> {}))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("not among the trusted ones");
        assertThatThrownBy(() -> onTrained.catchUp("test", step -> {}))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("was trained");
        assertThatThrownBy(() ->
                        new ModelLineCompressor(registry, model, model, SHARE, Optional.empty(), files -> Map.of()))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("a line of their own");
        assertThat(registry.catalog().versions(model + "-no", 1)).isEmpty();
    }

    private ModelLineCompressor line(ModelRegistry with, String model) {
        return new ModelLineCompressor(
                with, model, model + "-lite", SHARE, Optional.of(trust), files -> Map.of("test.miou", 0.25));
    }

    /** A line of so many versions, each some way from the one before. */
    private String trained(int versions) {
        String model = "lossy-" + ++lines;
        Writer writer = registry.publisher().openWriter(model, "trainer");
        Random random = new Random(lines);
        float[] weights = new float[6000];
        for (int version = 1; version <= versions; version++) {
            for (int i = 0; i < weights.length; i++) {
                weights[i] += (float) random.nextGaussian() * (version == 1 ? 0.1f : 0.01f);
            }
            registry.publisher().publish(writer, candidate(weights, version));
        }
        return model;
    }

    private CandidateStudent candidate(float[] weights, int version) {
        try {
            Path folder = Files.createTempDirectory(directory, "candidate");
            Map<Artifact, Path> files = new EnumMap<>(Artifact.class);
            for (var file : SavedStudents.student(weights, new float[] {version, 1, 2, 3})
                    .entrySet()) {
                files.put(
                        file.getKey(), Files.write(folder.resolve(file.getKey().fileName()), file.getValue()));
            }
            Lineage lineage =
                    new Lineage(version - 1, "teacher", "head", "synthetic-9", Map.of(), 10L * version, version);
            return new CandidateStudent(files, lineage, Map.of("holdout.miou", 0.5), Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
