package dev.reflux.registry.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A registry on a store, for the suites of its guarantees; every test has a model line of its own. */
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RegistryBed {

    Path directory;

    private StoreUnderTest server;
    ObjectStore store;
    ModelRegistry registry;
    Candidates candidates;

    abstract StoreUnderTest server(Path directory);

    @BeforeAll
    void open(@TempDir Path directory) {
        this.directory = directory;
        server = server(directory.resolve("store"));
        store = server.open();
        registry = new ModelRegistry(store, Clock.systemUTC());
        candidates = new Candidates(directory);
    }

    @AfterAll
    void close() throws Exception {
        registry.catalog().models().stream()
                .filter(name -> name.startsWith("contract-"))
                .flatMap(name -> store.list(name + "/").stream())
                .forEach(object -> store.delete(object.key()));
        store.close();
        server.close();
    }

    void replace(String key, byte[] bytes) {
        store.delete(key);
        assertThat(store.create(key, bytes)).isTrue();
    }

    ModelRegistry inTwoHours() {
        return new ModelRegistry(store, inTwoHoursClock());
    }

    static Clock inTwoHoursClock() {
        return Clock.offset(Clock.systemUTC(), Duration.ofHours(2));
    }

    interface Work<T> {
        T run(int i) throws Exception;
    }

    static <T> List<T> together(int threads, Work<T> work) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> done : pool.invokeAll(IntStream.range(0, threads)
                    .<Callable<T>>mapToObj(i -> () -> work.run(i))
                    .toList())) {
                results.add(done.get());
            }
            return results;
        } finally {
            pool.shutdown();
        }
    }

    static String line() {
        return "contract-" + UUID.randomUUID().toString().substring(0, 13);
    }
}
