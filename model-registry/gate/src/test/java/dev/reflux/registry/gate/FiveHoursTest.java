package dev.reflux.registry.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.registry.format.AliasChange;
import dev.reflux.registry.format.AliasNames;
import dev.reflux.registry.gate.Decision.Kind;
import dev.reflux.registry.store.GrownLine;
import dev.reflux.registry.store.ModelRegistry;
import dev.reflux.registry.store.StoreUnderTest;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A trainer that publishes a better version every minute, for five hours by a clock that the test moves. */
@Timeout(120)
class FiveHoursTest {

    private static final String MODEL = "street";
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final int MINUTES = 5 * 60;
    private static final int TURN_MINUTES = 3;

    @TempDir
    Path directory;

    private Instant now = NOON;

    private final Clock clock = new Clock() {
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
    };

    @Test
    void givenABetterVersionEveryMinute_whenFiveHoursPass_thenTheChampionMovesOnceAnHour() throws Exception {
        Path folder = directory.resolve("store");
        List<Decision> decisions = new ArrayList<>();
        try (StoreUnderTest server = StoreUnderTest.embedded(folder, getClass());
                ModelRegistry registry = new ModelRegistry(server.open(), clock)) {
            GrownLine line = new GrownLine(folder, MODEL, NOON).withoutDecisions();
            PromotionGate gate = new PromotionGate(registry, MODEL, GateRules.DEFAULT, clock);
            for (int minute = 0; minute <= MINUTES; minute += TURN_MINUTES) {
                now = NOON.plus(Duration.ofMinutes(minute));
                line.growTo(minute + 1);

                decisions.addAll(gate.step());
            }

            assertThat(registry.catalog().history(MODEL, AliasNames.CHAMPION))
                    .extracting(AliasChange::version)
                    .containsExactly(1L, 4L, 64L, 124L, 184L);
            assertThat(registry.reader().require(MODEL, AliasNames.CANARY).version())
                    .isEqualTo(244);
            assertThat(decisions).extracting(Decision::kind).doesNotContain(Kind.REFUSED, Kind.ROLLED_BACK);
        }
    }
}
