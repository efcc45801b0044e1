package dev.reflux.fleet.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.common.failure.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;

/**
 * A vehicle's report that a student performs worse than it should. When enough vehicles report it, the promotion gate rolls
 * the student back. Blocks on the network; any thread.
 *
 * @param model the name of the model line
 * @param vehicle the id of the vehicle
 * @param version the number of the student
 * @param metric the name of what was measured, such as agreement.night
 * @param value the measured value
 * @param least the smallest value that would have been good enough
 */
public record RegressionReport(String model, String vehicle, long version, String metric, double value, double least) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int CREATED = 201;

    /** @throws UsageException when a name or the version is missing, or a value is not a number */
    public RegressionReport {
        if (model.isBlank() || vehicle.isBlank() || metric.isBlank() || version < 1) {
            throw new UsageException("A report names its model, vehicle, version and metric.");
        }
        if (!Double.isFinite(value) || !Double.isFinite(least)) {
            throw new UsageException(
                    "A report's value and least value are numbers, not " + value + " and " + least + ".");
        }
    }

    /**
     * Sends the report to the HTTP API of a registry.
     *
     * @param api the address of the API, such as https://registry:8443
     * @param token the token of a reader
     * @throws UsageException when the API refuses it
     * @throws UncheckedIOException when it cannot be reached
     */
    public void send(URI api, String token) {
        try {
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(api.resolve("/v1/models/" + model + "/reports"))
                                    .timeout(TIMEOUT)
                                    .header("Authorization", "Bearer " + token)
                                    .header("Content-Type", "application/json")
                                    .POST(HttpRequest.BodyPublishers.ofString(json()))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != CREATED) {
                throw new UsageException("The registry at " + api + " does not accept the report ("
                        + JSON.readTree(answer.body()).path("error").asText("HTTP " + answer.statusCode())
                        + "); check token, model and version.");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The registry at " + api + " cannot be reached.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while reporting", e);
        }
    }

    private String json() throws JsonProcessingException {
        return JSON.writeValueAsString(
                Map.of("vehicle", vehicle, "version", version, "metric", metric, "value", value, "least", least));
    }
}
