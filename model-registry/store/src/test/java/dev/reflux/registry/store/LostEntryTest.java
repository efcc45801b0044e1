package dev.reflux.registry.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.registry.client.LogHeadCache;
import dev.reflux.registry.client.LogReader;
import dev.reflux.registry.format.LogKeys;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An entry of a log that was lost does not hide the later ones: a writer would number its next entry like an old one. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LostEntryTest {

    private static final int ENTRIES = 40;

    private StoreUnderTest server;
    private ObjectStore store;

    @BeforeAll
    void open(@TempDir Path directory) {
        server = StoreUnderTest.embedded(directory, getClass());
        store = server.open();
    }

    @AfterAll
    void close() throws Exception {
        store.close();
        server.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8, 9, 13, 29, 39})
    void givenALostEntry_whenTheHighestIsSearchedForTheFirstTime_thenItIsFound(int lost) {
        LogKeys keys = new LogKeys("lost-" + lost + "/", ".json");
        for (int number = 1; number <= ENTRIES; number++) {
            if (number != lost) {
                store.create(keys.of(number), "{}".getBytes(StandardCharsets.UTF_8));
            }
        }

        long highest = new LogReader(store, keys, new LogHeadCache()).highest();

        assertThat(highest).isEqualTo(ENTRIES);
    }
}
