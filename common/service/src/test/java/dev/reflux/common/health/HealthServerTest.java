package dev.reflux.common.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.meters.Meter;
import dev.reflux.common.meters.Meters;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class HealthServerTest {

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void givenAComplaint_whenProbed_thenItIsToldWithItsNameAndTheOtherProbeIsWell() throws Exception {
        AtomicReference<Optional<String>> broker = new AtomicReference<>(Optional.of("no broker at x:9092"));
        try (Meters meters = new Meters();
                HealthServer server = HealthServer.start(
                        0,
                        List.of(Check.of("loop", Optional::empty)),
                        List.of(Check.of("broker", broker::get)),
                        meters.registry())) {
            assertThat(get(server, "/livez").statusCode()).isEqualTo(200);
            HttpResponse<String> unready = get(server, "/readyz");
            broker.set(Optional.empty());
            HttpResponse<String> ready = get(server, "/readyz");

            assertThat(unready.statusCode()).isEqualTo(503);
            assertThat(unready.body()).contains("\"broker\":\"no broker at x:9092\"");
            assertThat(ready.statusCode()).isEqualTo(200);
        }
    }

    /** Every meter of the enum under the name that dashboards use. */
    @Test
    void givenEveryMeter_whenScraped_thenEachHasItsPrometheusName() throws Exception {
        try (Meters meters = new Meters();
                HealthServer server = HealthServer.start(0, List.of(), List.of(), meters.registry())) {
            for (Meter meter : Meter.values()) {
                String[] tags = meter.tags().toArray(String[]::new);
                switch (meter.kind()) {
                    case COUNTER -> meters.counter(meter, tags).increment();
                    case TIMER -> meters.timer(meter, tags).record(java.time.Duration.ofMillis(1));
                    case SUMMARY -> meters.summary(meter, tags).record(1);
                    case GAUGE -> meters.gauge(meter, () -> 1, tags);
                }
            }

            String scraped = get(server, "/metrics").body();

            assertThat(Arrays.stream(Meter.values())
                            .map(Meter::prometheusName)
                            .filter(name -> !scraped.contains("# TYPE " + name + " ")))
                    .isEmpty();
        }
    }

    @Test
    void givenATakenPort_whenStarted_thenOneSentenceNamesIt() {
        try (Meters meters = new Meters();
                HealthServer first = HealthServer.start(0, List.of(), List.of(), meters.registry())) {
            assertThatThrownBy(() -> HealthServer.start(first.port(), List.of(), List.of(), meters.registry()))
                    .isInstanceOf(UsageException.class)
                    .hasMessageContaining(String.valueOf(first.port()));
        }
    }

    private HttpResponse<String> get(HealthServer server, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
        return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
}
