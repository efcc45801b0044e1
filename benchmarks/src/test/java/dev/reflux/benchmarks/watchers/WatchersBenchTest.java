package dev.reflux.benchmarks.watchers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class WatchersBenchTest {

    @TempDir
    Path folder;

    @Test
    @Timeout(300)
    void givenAFewWatchersOfBothKinds_whenAChangeIsAnnounced_thenAllHearOfItAfterThePollAtMost() throws Exception {
        WatchersResult result = new WatchersBench(folder, 101, 64, 50, step -> {}).run();

        assertThat(result.longPolls()).isEqualTo(51);
        assertThat(result.streams()).isEqualTo(50);
        assertThat(result.heapPerWatcher()).isBetween(100.0, 100_000.0);
        assertThat(result.firstMillis()).isPositive();
        assertThat(result.lastMillis()).isGreaterThanOrEqualTo(result.medianMillis());
        assertThat(WatchersReport.text(result)).contains("51 long-polls and 50 event streams", "by all, ms");
    }
}
