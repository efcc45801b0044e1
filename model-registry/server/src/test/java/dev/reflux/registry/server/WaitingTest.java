package dev.reflux.registry.server;

import static dev.reflux.registry.server.ServedRegistry.NOBODY;
import static dev.reflux.registry.server.ServedRegistry.READER;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Long polls and event streams. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WaitingTest {

    private ServedRegistry served;
    private String model;
    private String latest;

    @BeforeAll
    void open(@TempDir Path directory) throws Exception {
        served = ServedRegistry.start(directory);
    }

    @AfterAll
    void close() throws Exception {
        served.close();
    }

    @BeforeEach
    void publish() {
        model = served.publishTwo();
        latest = "/v1/models/" + model + "/aliases/latest";
    }

    @Test
    void givenALongPoll_whenAVersionIsPublished_thenItAnswersWithTheChange() throws Exception {
        CompletableFuture<HttpResponse<String>> waiting = served.getLater(latest + "?after=2&wait=30", READER);

        served.publish();

        JsonNode change = served.json(waiting.get(10, TimeUnit.SECONDS));
        assertThat(change.path("version").asLong()).isEqualTo(3);
        assertThat(change.path("number").asLong()).isEqualTo(3);
    }

    @Test
    void givenALongPoll_whenNothingChanges_thenItAnswers304AfterItsTime() throws Exception {
        long began = System.nanoTime();

        HttpResponse<String> none = served.get(latest + "?after=2&wait=1", READER);

        assertThat(none.statusCode()).isEqualTo(304);
        assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(TimeUnit.SECONDS.toNanos(1));
    }

    @Test
    void givenALongPollThatMissedAChange_whenAsked_thenItAnswersAtOnce() throws Exception {
        HttpResponse<String> change = served.get(latest + "?after=1&wait=100", READER);

        assertThat(served.json(change).path("number").asLong()).isEqualTo(2);
    }

    @Test
    void givenAnEventStream_whenTheAliasMoves_thenEachChangeIsAnEvent() throws Exception {
        HttpResponse<InputStream> stream = served.stream(latest + "/events", READER);

        try (BufferedReader lines = lines(stream)) {
            assertThat(nextData(lines).path("version").asLong()).isEqualTo(2);
            served.publish();
            assertThat(nextData(lines).path("version").asLong()).isEqualTo(3);
            served.registry().aliases().point(model, "latest", 1, "test", "");
            assertThat(nextData(lines).path("version").asLong()).isEqualTo(1);
        }
        assertThat(stream.headers().firstValue("content-type")).contains(EventStream.CONTENT_TYPE);
    }

    @Test
    void givenAClientThatKnowsTheNewestChange_whenItStreams_thenTheFirstEventIsTheNextChange() throws Exception {
        HttpResponse<InputStream> stream = java.net.http.HttpClient.newHttpClient()
                .send(
                        served.request("GET", latest + "/events", READER, null)
                                .header("Last-Event-ID", "2")
                                .build(),
                        HttpResponse.BodyHandlers.ofInputStream());

        served.publish();

        try (BufferedReader lines = lines(stream)) {
            assertThat(nextData(lines).path("number").asLong()).isEqualTo(3);
        }
    }

    private static BufferedReader lines(HttpResponse<InputStream> stream) {
        return new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8));
    }

    private static JsonNode nextData(BufferedReader lines) throws IOException {
        for (String line; (line = lines.readLine()) != null; ) {
            if (line.startsWith("data: ")) {
                return new ObjectMapper().readTree(line.substring("data: ".length()));
            }
        }
        throw new AssertionError("the stream ended");
    }

    @Test
    void givenAsManyWatchersAsThereMayBe_whenOneMoreComes_thenTheAnswerIs503AndSaysWhenToTryAgain() throws Exception {
        Awaitility.await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(
                        served.get("/healthz", NOBODY).body())
                .as("watchers of other tests have gone")
                .contains("\"watchers\":0"));
        List<CompletableFuture<HttpResponse<String>>> watchers = new ArrayList<>();
        for (int i = 0; i < ServedRegistry.MOST_WATCHERS + 20; i++) {
            watchers.add(served.getLater(latest + "?after=2&wait=100", READER));
        }
        HttpResponse<?> first = (HttpResponse<?>) CompletableFuture.anyOf(watchers.toArray(CompletableFuture[]::new))
                .get(10, TimeUnit.SECONDS);

        served.publish();

        List<Integer> statuses = new ArrayList<>();
        for (CompletableFuture<HttpResponse<String>> watcher : watchers) {
            statuses.add(watcher.get(10, TimeUnit.SECONDS).statusCode());
        }
        assertThat(first.statusCode()).isEqualTo(503);
        assertThat(first.headers().firstValue("retry-after")).contains("10");
        assertThat(statuses).contains(200, 503).containsOnly(200, 503);
        assertThat(statuses.stream().filter(status -> status == 200).count())
                .isGreaterThanOrEqualTo(ServedRegistry.MOST_WATCHERS);
    }
}
