package dev.reflux.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reflux.registry.client.StoreException;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.trainer.FaultyProxy.Fault;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A trainer whose store has bad days: it waits, says so, and goes on. */
@Timeout(300)
class StoreOutageTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int WINDOW = 16;

    @TempDir
    private Path directory;

    private TrainerBench bench;
    private FaultyProxy store;

    @BeforeEach
    void start() {
        bench = new TrainerBench(directory);
        store = new FaultyProxy(bench.store());
    }

    @AfterEach
    void stop() {
        store.close();
        bench.close();
    }

    private TrainerService trainer(String patience) {
        return TrainerService.start(
                bench.config(
                        "checkpoints",
                        Map.of(
                                "trainer.store.endpoint",
                                store.endpoint().toString(),
                                "trainer.store.patience",
                                patience,
                                "trainer.learning.holdout-fraction",
                                "0")),
                new TrainerListener() {});
    }

    private static HttpResponse<String> get(TrainerService trainer, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + trainer.healthPort() + "/" + path);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    private void awaitVersions(int count) {
        await().atMost(PATIENCE).until(() -> bench.versions().size() >= count);
    }

    private void everyVersionIsThereOnce(int count) {
        List<StudentVersion> versions = bench.versions();
        assertThat(versions)
                .extracting(StudentVersion::version)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, count).boxed().toList());
        assertThat(versions)
                .extracting(version -> version.lineage().framesTrained())
                .containsExactlyElementsOf(LongStream.rangeClosed(1, count)
                        .map(i -> i * WINDOW)
                        .boxed()
                        .toList());
    }

    /** Each fault lasts until the trainer has said that it waits for the store. A stall ends as a broken connection does. */
    @Test
    void givenAStoreThatIsBusyThenCutsBodiesThenStalls_whenVersionsAreDue_thenTheTrainerWaitsAndPublishesEachOnce()
            throws Exception {
        try (TrainerService trainer = trainer("PT10M")) {
            int published = 0;
            for (Fault fault : List.of(Fault.BUSY, Fault.HALF, Fault.STALL)) {
                store.become(fault);
                bench.push(published * WINDOW, (published + 1) * WINDOW);
                if (fault == Fault.STALL) {
                    int due = (published + 1) * WINDOW;
                    await().atMost(PATIENCE).until(() -> trainer.counts().trained() >= due - 4);
                    await().during(Duration.ofMillis(500)).atMost(PATIENCE).until(() -> true);
                    store.become(Fault.BUSY);
                }
                await().atMost(PATIENCE)
                        .until(() -> get(trainer, "readyz").body().contains("training waits for the store"));
                assertThat(get(trainer, "livez").statusCode()).isEqualTo(200);
                store.become(Fault.NONE);
                published++;
                awaitVersions(published);
                await().atMost(PATIENCE).until(() -> get(trainer, "readyz").statusCode() == 200);
            }

            trainer.finishAfter(3 * WINDOW);

            assertThat(trainer.failure()).isEmpty();
            everyVersionIsThereOnce(3);
        }
    }

    @Test
    void givenAStoreThatIsAway_whenATrainerOfALineStarts_thenItWaitsAndGoesOnFromItsCheckpoint() throws Exception {
        bench.push(0, WINDOW);
        try (TrainerService trainer = trainer("PT10M")) {
            trainer.finishAfter(WINDOW);
        }
        bench.push(WINDOW, 2 * WINDOW);
        store.become(Fault.BUSY);
        CompletableFuture<TrainerService> starting = CompletableFuture.supplyAsync(() -> trainer("PT10M"));
        await().during(Duration.ofSeconds(4)).atMost(PATIENCE).until(() -> !starting.isDone());

        store.become(Fault.NONE);

        try (TrainerService trainer = starting.get()) {
            trainer.finishAfter(2 * WINDOW);
            assertThat(trainer.failure()).isEmpty();
        }
        everyVersionIsThereOnce(2);
    }

    @Test
    void givenAnOutageThatOutlastsThePatience_whenStartedAgain_thenTheOwedVersionIsPublished() {
        try (TrainerService trainer = trainer("PT2S")) {
            store.become(Fault.BUSY);
            bench.push(0, WINDOW);
            trainer.awaitEnd();
            assertThat(trainer.failure())
                    .get()
                    .isInstanceOf(StoreException.class)
                    .asString()
                    .contains("did not publish a version within");
        }
        store.become(Fault.NONE);

        try (TrainerService trainer = trainer("PT2S")) {
            awaitVersions(1);
            assertThat(trainer.counts().trained()).isEqualTo(WINDOW);
        }
        everyVersionIsThereOnce(1);
    }

    @Test
    void givenATrainerThatWaitsForTheStore_whenStopped_thenItStopsAtOnceAndOwesTheVersion() throws Exception {
        try (TrainerService trainer = trainer("PT10M")) {
            store.become(Fault.BUSY);
            bench.push(0, WINDOW);
            await().atMost(PATIENCE)
                    .until(() -> get(trainer, "readyz").body().contains("training waits for the store"));

            trainer.close();

            assertThat(trainer.failure()).isEmpty();
        }
        store.become(Fault.NONE);
        try (TrainerService trainer = trainer("PT10M")) {
            awaitVersions(1);
        }
        everyVersionIsThereOnce(1);
    }
}
