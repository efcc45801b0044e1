package dev.reflux.registry.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.registry.format.AliasChange;
import dev.reflux.registry.format.Lineage;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.gate.Decision.Kind;
import dev.reflux.registry.store.VehicleReport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GatePolicyTest {

    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final GateRules RULES = new GateRules(0.3, 0.005, 0.05, 0.02, Duration.ofHours(1), 2, 0.5);

    private final GatePolicy policy = new GatePolicy(RULES);

    @Test
    void givenAnEmptyLine_whenDecided_thenNothingIsToBeDone() {
        GateSnapshot empty = new GateSnapshot(
                NOON, Optional.empty(), Optional.empty(), Optional.empty(), List.of(), Map.of(), Set.of(), List.of());

        Optional<Decision> decision = policy.decide(empty);

        assertThat(decision).isEmpty();
    }

    @Test
    void givenANewestVersionThatPasses_whenDecided_thenItBecomesTheCanary() {
        GateSnapshot now = at(NOON, 1, 1, 2, Set.of(), List.of());

        Optional<Decision> decision = policy.decide(now);

        assertThat(decision).hasValueSatisfying(made -> {
            assertThat(made.kind()).isEqualTo(Kind.CANARY);
            assertThat(made.version()).isEqualTo(2);
            assertThat(made.live()).isEqualTo(1);
            assertThat(made.at()).isEqualTo(NOON);
        });
    }

    @Test
    void givenARejectedNewestVersion_whenDecided_thenNothingIsToBeDone() {
        GateSnapshot now = at(NOON, 1, 1, 2, Set.of(2L), List.of());

        Optional<Decision> decision = policy.decide(now);

        assertThat(decision).isEmpty();
    }

    @Test
    void givenACanaryAtTheEndOfItsQuietPeriod_whenDecided_thenItIsPromotedAndASecondEarlierItIsNot() {
        Instant end = NOON.plus(RULES.quiet());

        Optional<Decision> decision = policy.decide(at(end, 1, 2, 2, Set.of(), List.of()));

        assertThat(decision).map(Decision::kind).contains(Kind.PROMOTED);
        assertThat(policy.decide(at(end.minusSeconds(1), 1, 2, 2, Set.of(), List.of())))
                .isEmpty();
    }

    @Test
    void givenReportsOnTheCanaryAtTheEndOfItsQuietPeriod_whenDecided_thenTheRegressionComesFirst() {
        List<VehicleReport> reports = List.of(report("car-1", 2), report("car-2", 2));

        Optional<Decision> decision = policy.decide(at(NOON.plus(RULES.quiet()), 1, 2, 3, Set.of(), reports));

        assertThat(decision).hasValueSatisfying(made -> {
            assertThat(made.kind()).isEqualTo(Kind.ROLLED_BACK);
            assertThat(made.version()).isEqualTo(2);
            assertThat(made.live()).isEqualTo(1);
        });
    }

    @Test
    void givenReportsOnTheChampion_whenDecided_thenTheLastChampionThatWasNotRejectedReturns() {
        List<VehicleReport> reports = List.of(report("car-1", 4), report("car-2", 4));
        GateSnapshot now = new GateSnapshot(
                NOON,
                Optional.of(pointer(4)),
                Optional.of(pointer(4)),
                Optional.of(version(4)),
                List.of(1L, 2L, 3L, 4L),
                Map.of(4L, version(4)),
                Set.of(3L),
                reports);

        Optional<Decision> decision = policy.decide(now);

        assertThat(decision).hasValueSatisfying(made -> {
            assertThat(made.kind()).isEqualTo(Kind.ROLLED_BACK);
            assertThat(made.live()).isEqualTo(2);
        });
    }

    @Test
    void givenSeveralReportsOfOneVehicle_whenDecided_thenItCountsOnce() {
        List<VehicleReport> reports = List.of(report("car-1", 2), report("car-1", 2));

        Optional<Decision> decision = policy.decide(at(NOON, 1, 2, 2, Set.of(), reports));

        assertThat(decision).isEmpty();
    }

    @Test
    void givenACanaryOnTrial_whenANewerVersionPasses_thenItWaits() {
        GateSnapshot now = at(NOON.plusSeconds(1), 1, 2, 3, Set.of(), List.of());

        Optional<Decision> decision = policy.decide(now);

        assertThat(decision).isEmpty();
    }

    @Test
    void givenTheDefaults_whenLookedAt_thenTheyAreThese() {
        assertThat(GateRules.DEFAULT).isEqualTo(new GateRules(0, 0.005, 0.05, 0.02, Duration.ofHours(1), 2, 0.5));
    }

    /** The canary points at its version since noon. */
    private static GateSnapshot at(
            Instant now, long champion, long canary, long newest, Set<Long> rejected, List<VehicleReport> reports) {
        return new GateSnapshot(
                now,
                Optional.of(pointer(champion)),
                Optional.of(pointer(canary)),
                Optional.of(version(newest)),
                List.of(champion),
                Stream.of(champion, canary, newest)
                        .distinct()
                        .collect(Collectors.toMap(number -> number, GatePolicyTest::version)),
                rejected,
                reports);
    }

    private static AliasChange pointer(long version) {
        return new AliasChange(version, version, version, NOON, "gate", "");
    }

    private static VehicleReport report(String vehicle, long version) {
        return new VehicleReport(vehicle, vehicle, version, "agreement", 0.4, 0.8);
    }

    private static StudentVersion version(long number) {
        return new StudentVersion(
                "street",
                number,
                NOON,
                "test",
                1,
                Map.of(),
                new Lineage(number - 1, "teacher", "head", "synthetic-9", Map.of(), 1, 1),
                Map.of("holdout.miou", 0.5),
                Map.of());
    }
}
