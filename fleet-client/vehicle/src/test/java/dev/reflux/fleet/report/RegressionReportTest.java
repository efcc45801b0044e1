package dev.reflux.fleet.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.failure.UsageException;
import dev.reflux.embedded.EmbeddedS3;
import dev.reflux.registry.format.AliasNames;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.Lineage;
import dev.reflux.registry.gate.Decision;
import dev.reflux.registry.gate.GateRules;
import dev.reflux.registry.gate.PromotionGate;
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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegressionReportTest {

    private static final String MODEL = "street";

    @TempDir
    Path directory;

    @Test
    void givenAChampion_whenAVehicleReportsARegressionOverHttp_thenTheGateTakesItBack() throws Exception {
        Path tokens = directory.resolve("tokens.json");
        String token = Tokens.add(tokens, "car-7", Role.READER);
        try (EmbeddedS3 s3 = EmbeddedS3.start(directory.resolve("store"));
                ObjectStore bucket = MinioStore.open(
                        new StoreSettings(s3.endpoint(), "us-east-1", "reflux", s3.accessKey(), s3.secretKey()));
                RegistryServer server = RegistryMain.start(bucket, HttpSettings.loopback(Tokens.read(tokens)))) {
            ModelRegistry registry = new ModelRegistry(bucket, Clock.systemUTC());
            PromotionGate gate = new PromotionGate(
                    registry, MODEL, new GateRules(0, 0.1, 0.1, 0.1, Duration.ZERO, 1, 0.5), Clock.systemUTC());
            publish(registry, 1);
            gate.step();
            publish(registry, 2);
            gate.step();
            gate.step();
            assertThat(registry.catalog().aliases(MODEL)).containsEntry(AliasNames.CHAMPION, 2L);

            new RegressionReport(MODEL, "car-7", 2, "agreement", 0.61, 0.7).send(server.address(), token);

            assertThat(gate.step())
                    .extracting(Decision::kind, Decision::version)
                    .containsExactly(org.assertj.core.groups.Tuple.tuple(Decision.Kind.ROLLED_BACK, 2L));
            assertThat(registry.catalog().aliases(MODEL)).containsEntry(AliasNames.CHAMPION, 1L);
            assertThatThrownBy(() -> new RegressionReport(MODEL, "car-7", 2, "agreement", 0.61, 0.7)
                            .send(server.address(), "guessed"))
                    .isInstanceOf(UsageException.class)
                    .hasMessageContaining("does not accept the report");
        }
    }

    @Test
    void givenNoNumberOrNobody_whenReported_thenASentenceSaysSo() {
        assertThatThrownBy(() -> new RegressionReport(MODEL, "car-7", 2, "agreement", Double.NaN, 0.7))
                .isInstanceOf(UsageException.class);
        assertThatThrownBy(() -> new RegressionReport(MODEL, " ", 2, "agreement", 0.6, 0.7))
                .isInstanceOf(UsageException.class);
    }

    private void publish(ModelRegistry registry, long parent) throws IOException {
        Map<Artifact, Path> files = new EnumMap<>(Artifact.class);
        for (Artifact artifact : Artifact.values()) {
            files.put(
                    artifact,
                    Files.writeString(directory.resolve(artifact.fileName()), artifact.fileName() + " " + parent));
        }
        registry.publisher()
                .publish(
                        registry.publisher().openWriter(MODEL, "test"),
                        new CandidateStudent(
                                files,
                                new Lineage(parent - 1, "teacher", "head", "synthetic-9", Map.of(), 1, 1),
                                Map.of("holdout.miou", 0.5),
                                Map.of()));
    }
}
