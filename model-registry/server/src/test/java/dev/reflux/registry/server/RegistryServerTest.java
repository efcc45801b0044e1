package dev.reflux.registry.server;

import static dev.reflux.registry.server.ServedRegistry.NOBODY;
import static dev.reflux.registry.server.ServedRegistry.READER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.failure.UsageException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Start, health, metrics and end of a server. */
@Timeout(60)
class RegistryServerTest {

    @TempDir
    private Path directory;

    private ServedRegistry served;
    private String model;

    @BeforeEach
    void open() throws Exception {
        served = ServedRegistry.start(directory);
        model = served.publishTwo();
    }

    @AfterEach
    void close() throws Exception {
        served.close();
    }

    @Test
    void givenAPortThatIsTaken_whenServed_thenTheSentenceNamesIt() throws Exception {
        HttpSettings usual = served.settings();
        HttpSettings taken = new HttpSettings(
                usual.host(),
                served.server().address().getPort(),
                usual.tokens(),
                Optional.empty(),
                Optional.empty(),
                usual.poll(),
                usual.mostWatchers(),
                usual.addressValid(),
                usual.receiveWithin());

        assertThatThrownBy(() -> RegistryMain.start(served.store(), taken))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("cannot be served at 127.0.0.1:" + taken.port());
    }

    @Test
    void givenRequests_whenScraped_thenEachCountsUnderItsPathAndEveryAliasIsThere() throws Exception {
        served.registry().aliases().point(model, "latest", 2, "test", "");
        int port = served.server().observe(0);

        served.get("/v1/models/" + model + "/versions/1", READER);
        served.get("/v1/models", "nobody");
        served.get("/nothing", READER);

        Awaitility.await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(
                        observed(port, "/metrics").body())
                .contains("reflux_registry_requests_seconds_count"
                        + "{route=\"/v1/models/{model}/versions/{version}\",status=\"200\"} 1")
                .contains("reflux_registry_requests_seconds_count{route=\"/v1/models\",status=\"401\"} 1")
                .contains("reflux_registry_requests_seconds_count{route=\"none\",status=\"404\"} 1")
                .contains("reflux_registry_version{alias=\"latest\",model=\"" + model + "\"} 2.0")
                .contains("reflux_registry_watchers 0.0"));
        assertThat(observed(port, "/livez").statusCode()).isEqualTo(200);
        assertThat(observed(port, "/readyz").statusCode()).isEqualTo(200);
    }

    @Test
    void givenAStoreThatGoesAway_whenReadinessIsAsked_thenTheServerIsAliveAndSaysThatTheStoreDoesNotAnswer()
            throws Exception {
        int port = served.server().observe(0);
        Awaitility.await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(
                        observed(port, "/readyz").statusCode())
                .isEqualTo(200));

        served.endStore();

        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            HttpResponse<String> answer = observed(port, "/readyz");
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).contains("check the endpoint");
        });
        assertThat(observed(port, "/livez").statusCode()).isEqualTo(200);
        assertThat(served.get("/healthz", NOBODY).statusCode()).isEqualTo(200);
    }

    @Test
    void givenClientsThatWait_whenTheServerIsClosed_thenTheyAreAnsweredAtOnce() throws Exception {
        int port = served.server().observe(0);
        String latest = "/v1/models/" + model + "/aliases/latest";
        CompletableFuture<HttpResponse<String>> poll = served.getLater(latest + "?after=1000&wait=120", READER);
        CompletableFuture<HttpResponse<String>> stream = HttpClient.newHttpClient()
                .sendAsync(
                        served.request("GET", latest + "/events", READER, null).build(),
                        HttpResponse.BodyHandlers.ofString());
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> observed(port, "/metrics").body().contains("reflux_registry_watchers 2.0"));

        served.server().close();

        assertThat(poll.get(5, TimeUnit.SECONDS).statusCode()).isEqualTo(304);
        assertThat(stream.get(5, TimeUnit.SECONDS).body()).contains("event: version");
    }

    private static HttpResponse<String> observed(int port, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }
}
