package dev.reflux.registry.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.registry.format.AliasNames;
import dev.reflux.registry.format.DeltaRecord;
import dev.reflux.registry.store.GrownLine;
import dev.reflux.registry.store.MeteredStore;
import dev.reflux.registry.store.MeteredStore.Asked;
import dev.reflux.registry.store.ModelRegistry;
import dev.reflux.registry.store.StoreUnderTest;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is asked of the store does not grow with the versions: at 10,000 it is at most twice what it is at 100. */
@Timeout(240)
class LongLineTest {

    private static final String MODEL = "street";
    private static final int SHORT = 100;
    private static final int LONG = 10_000;
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOON, ZoneOffset.UTC);

    @TempDir
    Path directory;

    @Test
    void givenAHundredTimesTheVersions_whenTheRegistryIsUsed_thenNothingCostsMoreThanTwiceAsMuch() throws Exception {
        Path folder = directory.resolve("store");
        try (StoreUnderTest server = StoreUnderTest.embedded(folder, getClass());
                MeteredStore store = new MeteredStore(server.open())) {
            GrownLine line = new GrownLine(folder, MODEL, NOON);
            Map<String, Asked> few = costs(store, line.growTo(SHORT), SHORT, 1);

            Map<String, Asked> many = costs(store, line.growTo(LONG), LONG, 3);

            few.forEach((what, asked) -> System.out.println(what + ": " + asked + "; then " + many.get(what)));
            assertThat(few.keySet()).containsExactlyElementsOf(many.keySet());
            assertThat(few).allSatisfy((what, asked) -> {
                Asked then = many.get(what);
                assertThat(asked.requests()).as(what).isPositive();
                assertThat(then.requests()).as("requests of %s", what).isLessThanOrEqualTo(2 * asked.requests());
                assertThat(then.bytes()).as("bytes of %s", what).isLessThanOrEqualTo(2 * asked.bytes());
            });
        }
    }

    /** The champion is two versions behind, the canary one; both begin the trial at noon. */
    private static Map<String, Asked> costs(MeteredStore store, GrownLine line, long newest, long change) {
        line.point(AliasNames.CHAMPION, change, newest - 2);
        line.point(AliasNames.CHAMPION, change + 1, newest - 2);
        line.point(AliasNames.CANARY, change, newest - 1);
        line.point(AliasNames.CANARY, change + 1, newest - 1);
        Map<String, Asked> costs = new LinkedHashMap<>();
        ModelRegistry registry = new ModelRegistry(store, CLOCK);
        PromotionGate gate = new PromotionGate(registry, MODEL, GateRules.DEFAULT, CLOCK);
        store.take();

        assertThat(gate.step()).isEmpty();
        costs.put("the first turn of a gate", store.take());
        assertThat(gate.step()).isEmpty();
        costs.put("a turn of a gate", store.take());

        ModelRegistry vehicle = new ModelRegistry(store, CLOCK);
        assertThat(vehicle.reader().require(MODEL, AliasNames.LATEST).version()).isEqualTo(newest);
        costs.put("finding the newest version", store.take());
        assertThat(vehicle.reader().deltas().cheapestChain(newest - 1, line.version(newest)))
                .extracting(DeltaRecord::to)
                .containsExactly(newest);
        costs.put("a delta step", store.take());

        assertThat(registry.catalog().versions(MODEL, newest - 49, 50)).hasSize(50);
        costs.put("a page of versions", store.take());
        assertThat(registry.catalog().history(MODEL, AliasNames.LATEST, newest - 49, 50))
                .hasSize(50);
        costs.put("a page of history", store.take());
        assertThat(registry.catalog().aliases(MODEL)).containsKeys("latest", "champion", "canary");
        costs.put("the aliases", store.take());
        assertThat(new ModelRegistry(store, CLOCK).catalog().models()).containsExactly(MODEL);
        costs.put("the models", store.take());
        return costs;
    }
}
