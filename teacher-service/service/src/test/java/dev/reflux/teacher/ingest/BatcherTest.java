package dev.reflux.teacher.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BatcherTest {

    private static final long MS = 1_000_000;

    private final Batcher<String> batcher = new Batcher<>(3, Duration.ofMillis(20));

    @Test
    void givenAFullBatch_whenTheLastItemComes_thenItClosesAtOnce() {
        batcher.add("a", 0);
        batcher.add("b", 1 * MS);

        var closed = batcher.add("c", 2 * MS);

        assertThat(closed).contains(List.of("a", "b", "c"));
        assertThat(batcher.remainingNanos(2 * MS)).isEmpty();
    }

    @Test
    void givenAnOpenBatch_whenTheFirstItemHasWaitedForTheLinger_thenItClosesAndNotBefore() {
        batcher.add("a", 5 * MS);
        batcher.add("b", 20 * MS);

        assertThat(batcher.expired(25 * MS - 1)).isEmpty();
        assertThat(batcher.remainingNanos(24 * MS)).hasValue(MS);
        assertThat(batcher.expired(25 * MS)).contains(List.of("a", "b"));
        assertThat(batcher.expired(100 * MS)).isEmpty();
    }

    @Test
    void givenABatchThatClosedByAge_whenAnotherItemComes_thenItsOwnTimeRuns() {
        batcher.add("a", 0);
        batcher.expired(20 * MS);
        batcher.add("b", 30 * MS);

        assertThat(batcher.expired(49 * MS)).isEmpty();
        assertThat(batcher.expired(50 * MS)).contains(List.of("b"));
    }

    @Test
    void givenNoLinger_whenAnItemComes_thenItIsABatch() {
        Batcher<String> eager = new Batcher<>(3, Duration.ZERO);

        assertThat(eager.add("a", 7)).contains(List.of("a"));
    }

    @Test
    void givenNonsense_whenMade_thenItIsRefused() {
        assertThatThrownBy(() -> new Batcher<>(0, Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Batcher<>(1, Duration.ofMillis(-1))).isInstanceOf(IllegalArgumentException.class);
    }

    @Property
    void givenAnyArrivals_whenTimeRuns_thenEveryItemComesOnceInOrderAndNoneWaitsLonger(
            @ForAll List<@IntRange(min = 0, max = 40) Integer> gapsInMillis,
            @ForAll @IntRange(min = 1, max = 5) int size) {
        Batcher<Long> batcher = new Batcher<>(size, Duration.ofMillis(20));
        List<Long> out = new ArrayList<>();
        List<Long> in = new ArrayList<>();
        long now = 0;
        for (int gap : gapsInMillis) {
            for (int ms = 0; ms < gap; ms++) {
                now += MS;
                long time = now;
                batcher.expired(now).ifPresent(batch -> {
                    assertThat(time - batch.get(0)).isEqualTo(20 * MS);
                    out.addAll(batch);
                });
            }
            in.add(now);
            batcher.add(now, now).ifPresent(batch -> {
                assertThat(batch).hasSize(size);
                out.addAll(batch);
            });
        }
        batcher.expired(now + 20 * MS).ifPresent(out::addAll);

        assertThat(out).isEqualTo(in);
    }
}
