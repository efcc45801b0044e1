package dev.reflux.registry.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.reflux.common.failure.UsageException;
import dev.reflux.registry.client.CanaryCohort;
import dev.reflux.registry.format.AliasNames;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.Lineage;
import dev.reflux.registry.gate.Decision.Kind;
import dev.reflux.registry.store.CandidateStudent;
import dev.reflux.registry.store.DyingStore;
import dev.reflux.registry.store.ModelRegistry;
import dev.reflux.registry.store.ObjectStore;
import dev.reflux.registry.store.StoreUnderTest;
import dev.reflux.registry.store.VehicleReport;
import dev.reflux.registry.store.Writer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromotionGateTest {

    private static final String MODEL = "street";
    private static final GateRules RULES = new GateRules(0.3, 0.005, 0.05, 0.02, Duration.ofHours(1), 2, 0.5);

    @TempDir
    Path directory;

    private StoreUnderTest server;
    private ObjectStore store;
    private ModelRegistry registry;
    private Writer writer;
    private final Hand clock = new Hand();
    private PromotionGate gate;

    /** A clock that is moved by hand. */
    private static final class Hand extends Clock {
        private Instant now = Instant.parse("2026-03-01T12:00:00Z");

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    @BeforeEach
    void open() {
        server = StoreUnderTest.embedded(directory.resolve("store"), getClass());
        store = server.open();
        registry = new ModelRegistry(store, clock);
        writer = registry.publisher().openWriter(MODEL, "test");
        gate = new PromotionGate(registry, MODEL, RULES, clock);
    }

    @AfterEach
    void close() throws Exception {
        registry.close();
        server.close();
    }

    @Test
    void givenNoChampion_whenTheFirstVersionPassesTheFloor_thenItIsLive() {
        publish(0.2, 0.5, 0.5);
        List<Decision> refused = gate.step();
        publish(0.5, 0.5, 0.5);

        List<Decision> passed = gate.step();

        assertThat(refused).singleElement().satisfies(decision -> {
            assertThat(decision.kind()).isEqualTo(Kind.REFUSED);
            assertThat(decision.reason()).isEqualTo("holdout.miou is 0.2000, under 0.3000");
        });
        assertThat(passed).extracting(Decision::kind).containsExactly(Kind.PROMOTED);
        assertThat(live()).isEqualTo(2);
    }

    @Test
    void givenNothingHeldOut_whenTheFirstVersionIsJudged_thenItIsRefusedAndTheReasonSaysSo() {
        publish(Double.NaN, 0.5, 0.5);

        List<Decision> decisions = gate.step();

        assertThat(decisions)
                .extracting(Decision::reason)
                .containsExactly("holdout.miou is not known, as no held-out frame shows it yet;"
                        + " it must be at least 0.3000");
    }

    @Test
    void givenAChampion_whenAVersionLosesTooMuchOverallInAClassOrADomain_thenItIsRefusedWithFigures() {
        publish(0.5, 0.5, 0.5);
        gate.step();

        publish(0.49, 0.5, 0.5);
        assertRefused("holdout.miou is 0.4900, under 0.4950");
        publish(0.6, 0.44, 0.5);
        assertRefused("holdout.class.road is 0.4400, under 0.4500");
        publish(0.6, 0.5, 0.47);
        assertRefused("holdout.domain.night is 0.4700, under 0.4800");

        assertThat(live()).isEqualTo(1);
        assertThat(gate.step()).as("nothing is tried twice").isEmpty();
    }

    private void assertRefused(String reason) {
        assertThat(gate.step()).singleElement().satisfies(decision -> {
            assertThat(decision.kind()).isEqualTo(Kind.REFUSED);
            assertThat(decision.reason()).isEqualTo(reason);
            assertThat(decision.figures()).hasSize(4);
        });
    }

    @Test
    void givenABetterVersion_whenItWasQuietAsTheCanaryForTheTime_thenItIsPromotedAndNotBefore() {
        publish(0.5, 0.5, 0.5);
        gate.step();
        publish(0.55, 0.5, 0.5);
        List<Decision> canary = gate.step();
        clock.now = clock.now.plus(Duration.ofMinutes(59));
        List<Decision> early = gate.step();
        clock.now = clock.now.plus(Duration.ofMinutes(2));

        List<Decision> promoted = gate.step();

        assertThat(canary).extracting(Decision::kind).containsExactly(Kind.CANARY);
        assertThat(early).isEmpty();
        assertThat(promoted).extracting(Decision::kind).containsExactly(Kind.PROMOTED);
        assertThat(live()).isEqualTo(2);
        assertThat(PromotionGate.decisions(registry.catalog(), MODEL))
                .extracting(Decision::kind)
                .containsExactly(Kind.PROMOTED, Kind.CANARY, Kind.PROMOTED);
    }

    @Test
    void givenACanary_whenEnoughVehiclesReportARegression_thenItGoesBackAndIsNotTriedAgain() {
        publish(0.5, 0.5, 0.5);
        gate.step();
        publish(0.55, 0.5, 0.5);
        gate.step();
        gate.report("car-1", 2, "agreement", 0.5, 0.8);
        gate.report("car-1", 2, "agreement", 0.4, 0.8);
        gate.report("car-2", 2, "agreement", 0.9, 0.8);
        List<Decision> oneVehicle = gate.step();
        gate.report("car-3", 2, "agreement", 0.6, 0.8);

        List<Decision> two = gate.step();

        clock.now = clock.now.plus(Duration.ofHours(2));
        assertThat(oneVehicle).isEmpty();
        assertThat(two).singleElement().satisfies(decision -> {
            assertThat(decision.kind()).isEqualTo(Kind.ROLLED_BACK);
            assertThat(decision.figures())
                    .extracting(Figure::value)
                    .as("the first report of each")
                    .containsExactly(0.5, 0.6);
        });
        assertThat(gate.step()).isEmpty();
        assertThat(live()).isEqualTo(1);
        assertThat(registry.reader().require(MODEL, AliasNames.CANARY).version())
                .isEqualTo(1);
    }

    @Test
    void givenTheDefaults_whenOneTokenReportsUnderManyNames_thenNothingIsTakenBack() {
        PromotionGate usual = new PromotionGate(registry, MODEL, GateRules.DEFAULT, clock);
        publish(0.5, 0.5, 0.5);
        usual.step();
        publish(0.55, 0.5, 0.5);
        usual.step();
        for (int car = 0; car < 15; car++) {
            for (long version = 1; version <= 2; version++) {
                registry.reports(MODEL).add(new VehicleReport("mallory", "car-" + car, version, "agreement", 0.1, 0.9));
            }
        }

        List<Decision> decisions = usual.step();

        assertThat(decisions).isEmpty();
        assertThat(registry.reports(MODEL).of(2)).hasSize(1);
        assertThat(registry.reader().require(MODEL, AliasNames.CANARY).version())
                .isEqualTo(2);
    }

    @Test
    void givenTheDefaults_whenTwoOfFiveTokensReportARegression_thenTheVersionStaysAndThreeTakeItBack() {
        PromotionGate usual = new PromotionGate(registry, MODEL, GateRules.DEFAULT, clock);
        publish(0.5, 0.5, 0.5);
        usual.step();
        publish(0.55, 0.5, 0.5);
        usual.step();
        for (int car = 0; car < 5; car++) {
            usual.report("car-" + car, 2, "agreement", car < 2 ? 0.1 : 0.95, 0.9);
        }
        List<Decision> two = usual.step();
        usual.report("car-2", 2, "agreement", 0.2, 0.9);

        List<Decision> three = usual.step();

        assertThat(two).isEmpty();
        assertThat(three).extracting(Decision::kind).containsExactly(Kind.ROLLED_BACK);
    }

    @Test
    void givenAVersionThatDoesNotExist_whenReported_thenTheReportIsRefusedAndTheVersionIsNotCondemned() {
        publish(0.5, 0.5, 0.5);
        gate.step();

        assertThatThrownBy(() -> gate.report("car-1", 2, "agreement", 0.1, 0.9))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("street has no version 2");

        publish(0.55, 0.5, 0.5);
        assertThat(gate.step()).extracting(Decision::kind).containsExactly(Kind.CANARY);
    }

    @Test
    void givenAChampionThatAPersonTookBack_whenTheGateTurns_thenItIsNeitherTriedNorPromotedAgain() {
        publish(0.5, 0.5, 0.5);
        gate.step();
        publish(0.55, 0.5, 0.5);
        gate.step();
        clock.now = clock.now.plus(Duration.ofHours(2));
        gate.step();
        clock.now = clock.now.plus(Duration.ofMinutes(1));
        registry.aliases().point(MODEL, AliasNames.CHAMPION, 1, "ops", "it saw ghosts");
        clock.now = clock.now.plus(Duration.ofHours(2));

        List<Decision> decisions = gate.step();

        assertThat(decisions)
                .as("the canary still points at what was taken back")
                .isEmpty();
        assertThat(live()).isEqualTo(1);
        publish(0.56, 0.5, 0.5);
        assertThat(gate.step()).extracting(Decision::version).containsExactly(3L);
    }

    @Test
    void givenACanaryOnTrial_whenSomeThatFollowFail_thenTheNewestThatPassesIsTheNext() {
        publish(0.5, 0.5, 0.5);
        gate.step();
        publish(0.55, 0.5, 0.5);
        gate.step();
        publish(0.56, 0.5, 0.5);
        publish(0.57, 0.5, 0.5);
        publish(0.1, 0.5, 0.5);
        List<Decision> meanwhile = gate.step();
        clock.now = clock.now.plus(Duration.ofHours(1));

        List<Decision> decisions = gate.step();

        assertThat(meanwhile).isEmpty();
        assertThat(decisions)
                .extracting(Decision::kind, Decision::version)
                .containsExactly(tuple(Kind.PROMOTED, 2L), tuple(Kind.REFUSED, 5L), tuple(Kind.CANARY, 4L));
    }

    @Test
    void givenNoQuietPeriod_whenAVersionPasses_thenItIsTheChampionInOneTurn() {
        PromotionGate hasty =
                new PromotionGate(registry, MODEL, new GateRules(0, 0.1, 0.1, 0.1, Duration.ZERO, 1, 0.5), clock);
        publish(0.5, 0.5, 0.5);
        hasty.step();
        publish(0.55, 0.5, 0.5);

        List<Decision> decisions = hasty.step();

        assertThat(decisions).extracting(Decision::kind).containsExactly(Kind.CANARY, Kind.PROMOTED);
        assertThat(live()).isEqualTo(2);
    }

    @Test
    void givenAChampion_whenTheFleetReportsARegression_thenTheOneBeforeIsLiveAgain() {
        publish(0.5, 0.5, 0.5);
        gate.step();
        publish(0.55, 0.5, 0.5);
        gate.step();
        clock.now = clock.now.plus(Duration.ofHours(2));
        gate.step();
        gate.report("car-1", 2, "agreement", 0.5, 0.8);
        gate.report("car-2", 2, "agreement", 0.5, 0.8);

        List<Decision> back = gate.step();

        assertThat(back).extracting(Decision::kind).containsExactly(Kind.ROLLED_BACK);
        assertThat(live()).isEqualTo(1);
        assertThat(gate.step()).isEmpty();
    }

    @Test
    void givenAKillAtAnyCallOfAnyTurn_whenTheNextGateTurns_thenNamesAndJournalAreAsWithoutIt() {
        publish(0.5, 0.5, 0.5);
        List<Runnable> events = List.of(
                () -> {},
                () -> publish(0.55, 0.5, 0.5),
                () -> clock.now = clock.now.plus(Duration.ofHours(2)),
                () -> publish(0.1, 0.5, 0.5),
                () -> {
                    gate.report("car-1", 2, "agreement", 0.5, 0.8);
                    gate.report("car-2", 2, "agreement", 0.5, 0.8);
                });
        List<List<Kind>> expected = List.of(
                List.of(Kind.PROMOTED),
                List.of(Kind.CANARY),
                List.of(Kind.PROMOTED),
                List.of(Kind.REFUSED),
                List.of(Kind.ROLLED_BACK));
        List<Long> champions = List.of(1L, 1L, 2L, 2L, 1L);
        List<Kind> sofar = new ArrayList<>();
        for (int event = 0; event < events.size(); event++) {
            events.get(event).run();
            sofar.addAll(expected.get(event));
            boolean survived = false;
            for (int call = 1; !survived; call++) {
                survived = !killedAt(call);
            }
            gate.step();

            assertThat(live()).as("champion after event %d", event).isEqualTo(champions.get(event));
            assertThat(PromotionGate.decisions(registry.catalog(), MODEL))
                    .extracting(Decision::kind)
                    .containsExactlyElementsOf(sofar);
        }
        assertThat(registry.reader().require(MODEL, AliasNames.CANARY).version())
                .isEqualTo(1);
    }

    /** Each killed turn goes on from where the one before it was killed, one call further. */
    private boolean killedAt(int call) {
        try (ModelRegistry doomed = new ModelRegistry(new DyingStore(store, call, true), clock)) {
            new PromotionGate(doomed, MODEL, RULES, clock).step();
            return false;
        } catch (DyingStore.Killed e) {
            return true;
        }
    }

    @Test
    void givenADecisionThatWasNotCarriedOut_whenAPersonPointsTheNameElsewhere_thenThePersonIsLeftAlone() {
        publish(0.5, 0.5, 0.5);
        gate.step();
        publish(0.55, 0.5, 0.5);
        gate.step();
        clock.now = clock.now.plus(Duration.ofHours(2));
        gate.step();
        clock.now = clock.now.plus(Duration.ofMinutes(1));
        registry.aliases().point(MODEL, AliasNames.CHAMPION, 1, "ops", "it saw ghosts");

        registry.aliases().point(MODEL, AliasNames.CANARY, 1, "ops", "it saw ghosts");
        gate.step();

        assertThat(live()).isEqualTo(1);
    }

    @Test
    void givenAPercentage_whenVehiclesAreHashed_thenAboutSoManyAreCanariesAndTheyStayIt() {
        CanaryCohort ten = new CanaryCohort(MODEL, 10);
        CanaryCohort twenty = new CanaryCohort(MODEL, 20);
        List<String> fleet =
                IntStream.range(0, 10_000).mapToObj(i -> "car-" + i).toList();

        List<String> canaries = fleet.stream().filter(ten::has).toList();

        assertThat(canaries.size()).isBetween(900, 1100);
        assertThat(canaries).allMatch(twenty::has);
        assertThat(ten.alias(canaries.get(0))).isEqualTo("canary");
        assertThat(new CanaryCohort(MODEL, 0).alias("car-1")).isEqualTo("champion");
    }

    private long live() {
        return registry.reader().require(MODEL, AliasNames.CHAMPION).version();
    }

    private void publish(double miou, double road, double night) {
        try {
            Map<Artifact, Path> files = new EnumMap<>(Artifact.class);
            for (Artifact artifact : Artifact.values()) {
                files.put(artifact, Files.writeString(directory.resolve(artifact.fileName()), artifact + " " + miou));
            }
            registry.publisher()
                    .publish(
                            writer,
                            new CandidateStudent(
                                    files,
                                    new Lineage(0, "teacher", "head", "synthetic-9", Map.of(), 1, 1),
                                    scores(miou, road, night),
                                    Map.of()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** What could not be scored is absent. */
    private static Map<String, Double> scores(double miou, double road, double night) {
        Map<String, Double> scores = new HashMap<>(Map.of("holdout.class.road", road, "holdout.domain.night", night));
        if (!Double.isNaN(miou)) {
            scores.put("holdout.miou", miou);
        }
        return scores;
    }
}
