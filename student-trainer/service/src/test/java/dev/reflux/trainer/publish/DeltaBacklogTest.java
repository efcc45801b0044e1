package dev.reflux.trainer.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.registry.client.StoreException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Which deltas are tried at which run. */
class DeltaBacklogTest {

    private boolean away;

    private final AtomicLong newest = new AtomicLong();
    private final List<Long> tried = new ArrayList<>();
    private final List<Long> broken = new ArrayList<>();
    private final DeltaBacklog backlog = new DeltaBacklog("m", newest::get, this::make);

    private void make(long to) {
        tried.add(to);
        if (away) {
            throw new StoreException("The store is away.", new IOException(), true);
        }
        if (broken.contains(to)) {
            throw new IllegalStateException("version " + to + " cannot be read");
        }
    }

    private List<Long> triedBy(Runnable run) {
        tried.clear();
        run.run();
        return List.copyOf(tried);
    }

    @Test
    void givenAVersionWhoseDeltaFails_whenNewerOnesCome_thenTheirsAreMadeAndItsIsTriedAgainAFewTimes() {
        newest.set(4);
        broken.add(5L);
        backlog.run();
        newest.set(6);

        List<List<Long>> runs = new ArrayList<>();
        for (int i = 0; i < DeltaBacklog.ATTEMPTS + 1; i++) {
            runs.add(triedBy(backlog));
        }

        assertThat(runs).containsExactly(List.of(5L, 6L), List.of(5L), List.of(5L), List.of());
    }

    @Test
    void givenAStoreThatIsAwayForLong_whenItAnswersAgain_thenTheDeltaIsMadeAfterAll() {
        newest.set(4);
        away = true;
        for (int i = 0; i < 3 * DeltaBacklog.ATTEMPTS; i++) {
            backlog.run();
        }
        away = false;

        List<Long> after = triedBy(backlog);

        assertThat(after).containsExactly(4L);
        assertThat(triedBy(backlog)).isEmpty();
    }

    @Test
    void givenADeltaThatFailedOnce_whenItIsTriedAgain_thenItIsMadeAndDoneWith() {
        newest.set(4);
        broken.add(4L);
        backlog.run();
        broken.clear();

        List<Long> second = triedBy(backlog);

        assertThat(second).containsExactly(4L);
        assertThat(triedBy(backlog)).isEmpty();
    }

    @Test
    void givenARestartedTrainer_whenItRuns_thenItBeginsWithTheNewestVersion() {
        newest.set(7);

        List<Long> first = triedBy(backlog);

        assertThat(first).containsExactly(7L);
    }

    @Test
    void givenNoVersion_whenItRuns_thenNothingIsMade() {
        newest.set(0);

        List<Long> first = triedBy(backlog);

        assertThat(first).isEmpty();
    }
}
