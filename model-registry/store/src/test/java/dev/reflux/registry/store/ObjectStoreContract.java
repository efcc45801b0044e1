package dev.reflux.registry.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.registry.client.ObjectSource;
import dev.reflux.registry.client.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What the registry needs of a store, held against one. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ObjectStoreContract {

    private Path directory;

    private final String prefix = "contract-" + UUID.randomUUID() + "/";
    private StoreUnderTest server;
    private ObjectStore store;

    abstract StoreUnderTest server(Path directory);

    @BeforeAll
    void open(@TempDir Path directory) {
        this.directory = directory;
        server = server(directory.resolve("store"));
        store = server.open();
    }

    @AfterAll
    void close() throws Exception {
        store.list(prefix).forEach(object -> store.delete(object.key()));
        store.close();
        server.close();
    }

    @Test
    void givenNoObject_whenCreated_thenItIsThereWholeAndListed() {
        assertThat(store.create(prefix + "a/1", bytes("one"))).isTrue();

        assertThat(store.read(prefix + "a/1"))
                .hasValueSatisfying(read -> assertThat(read).isEqualTo(bytes("one")));
        assertThat(store.list(prefix + "a/")).singleElement().satisfies(listed -> {
            assertThat(listed.key()).isEqualTo(prefix + "a/1");
            assertThat(listed.bytes()).isEqualTo(3);
        });
    }

    @Test
    void givenAnObject_whenCreatedAgain_thenTheFirstStays() {
        store.create(prefix + "b", bytes("first"));

        assertThat(store.create(prefix + "b", bytes("second"))).isFalse();

        assertThat(store.read(prefix + "b").map(String::new)).contains("first");
    }

    @Test
    void givenNoObject_whenReadOpenedOrListed_thenItIsAbsentAndNoFailure() {
        assertThat(store.read(prefix + "none")).isEmpty();
        assertThat(store.open(prefix + "none")).isEmpty();
        assertThat(store.list(prefix + "none")).isEmpty();
    }

    @Test
    void givenAnObject_whenDeleted_thenItsNameIsFreeAgain() {
        store.create(prefix + "c", bytes("old"));

        store.delete(prefix + "c");

        assertThat(store.read(prefix + "c")).isEmpty();
        assertThat(store.create(prefix + "c", bytes("new"))).isTrue();
    }

    @Test
    void givenAFile_whenPutTwice_thenItsBytesAreThere() throws IOException {
        byte[] content = new byte[6 << 20];
        new java.util.Random(1).nextBytes(content);
        Path file = Files.write(directory.resolve("six-megabytes"), content);

        store.put(prefix + "file", file);
        store.put(prefix + "file", file);

        try (InputStream in = store.open(prefix + "file").orElseThrow()) {
            assertThat(in.readAllBytes()).isEqualTo(content);
        }
    }

    @Test
    void givenMoreObjectsThanAPageHolds_whenListed_thenEveryOneIsThereByKey() throws Exception {
        ExecutorService many = Executors.newFixedThreadPool(8);
        try {
            many.invokeAll(IntStream.range(0, 1005)
                    .<Callable<Boolean>>mapToObj(
                            i -> () -> store.create(prefix + String.format(Locale.ROOT, "d/%05d", i), bytes("x")))
                    .toList());
        } finally {
            many.shutdown();
        }

        List<String> keys =
                store.list(prefix + "d/").stream().map(ObjectStore.Listed::key).toList();

        assertThat(keys).hasSize(1005).isSorted();
    }

    @Test
    void givenSixteenCallers_whenTheyCreateTheSameObject_thenOneWins() throws Exception {
        int callers = 16;
        CyclicBarrier together = new CyclicBarrier(callers);
        ExecutorService pool = Executors.newFixedThreadPool(callers);
        try {
            for (int round = 0; round < 10; round++) {
                String key = prefix + "race/" + round;
                List<Future<Boolean>> won = pool.invokeAll(IntStream.range(0, callers)
                        .<Callable<Boolean>>mapToObj(i -> () -> {
                            together.await();
                            return store.create(key, bytes("caller " + i));
                        })
                        .toList());

                List<Integer> winners = IntStream.range(0, callers)
                        .filter(i -> won(won.get(i)))
                        .boxed()
                        .toList();
                assertThat(winners).hasSize(1);
                assertThat(store.read(key).map(String::new)).contains("caller " + winners.get(0));
            }
        } finally {
            pool.shutdown();
        }
    }

    @Test
    void givenWrongKeys_whenOpened_thenTheSentenceNamesTheStoreAndNotTheSecret() {
        StoreSettings right = server.settings();
        StoreSettings wrong = new StoreSettings(
                right.endpoint(), right.region(), right.bucket(), right.accessKey(), "not-the-secret");

        assertThatThrownBy(() -> MinioStore.open(wrong))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(right.bucket())
                .hasMessageContaining("check its keys")
                .hasMessageNotContaining("not-the-secret");
    }

    private static boolean won(Future<Boolean> done) {
        try {
            return done.get();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void givenManyObjects_whenAPartIsListed_thenItBeginsAfterTheKeyAndHasTheLimit() {
        String folder = "parts-" + UUID.randomUUID() + "/";
        for (String name : List.of("b", "a/1", "a/2", "c", "d")) {
            store.create(folder + name, new byte[] {1});
        }

        List<ObjectSource.Listed> part = store.list(folder, folder + "a/1", 3);

        assertThat(part)
                .extracting(ObjectSource.Listed::key)
                .containsExactly(folder + "a/2", folder + "b", folder + "c");
        assertThat(store.list(folder, "", 1))
                .extracting(ObjectSource.Listed::key)
                .containsExactly(folder + "a/1");
        assertThat(store.list(folder, folder + "d", 3)).isEmpty();
    }
}
