package dev.reflux.benchmarks.watchers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class WatchersBenchTest {

    private static final long POLL_MILLIS = 50;

    @TempDir
    Path folder;

    @Test
    @Timeout(300)
    void givenAFewWatchersOfBothKinds_whenAChangeIsAnnounced_thenAllHearOfItAfterThePollAtMost() throws Exception {
        long start = System.nanoTime();

        WatchersResult result = new WatchersBench(folder, 401, 64, POLL_MILLIS, step -> {}).run();

        double wall = (System.nanoTime() - start) / 1e6;
        assertThat(result.longPolls()).isEqualTo(201);
        assertThat(result.streams()).isEqualTo(200);
        assertThat(result.heapPerWatcher())
                .as("bytes: the published figure is 7,200, and a collection leaves some noise")
                .isBetween(2_000.0, 25_000.0);
        assertThat(result.firstMillis()).as("percentiles in order").isLessThanOrEqualTo(result.medianMillis());
        assertThat(result.medianMillis()).isLessThanOrEqualTo(result.p99Millis());
        assertThat(result.p99Millis()).isLessThanOrEqualTo(result.lastMillis());
        assertThat(result.lastMillis())
                .as("milliseconds: the last hears it after a request, and before the benchmark ended")
                .isBetween(0.1, wall);
        assertThat(WatchersReport.text(result)).contains("201 long-polls and 200 event streams", "by all, ms");
    }
}
