package dev.reflux.fleet.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.common.failure.UsageException;
import dev.reflux.registry.client.RegistryHttp;
import dev.reflux.registry.client.StoreException;
import dev.reflux.registry.format.RegistryNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
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
    private static final int MOST_BYTES = 1 << 16;
    private static final int CREATED = 201;

    /** @throws UsageException when a name or the version is missing, or a value is not a number */
    public RegressionReport {
        RegistryNames.require(model, "model");
        if (vehicle.isBlank() || metric.isBlank() || version < 1) {
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
        URI to = api.resolve("/v1/models/" + model + "/reports");
        try (RegistryHttp.Answer answer = new RegistryHttp().post(to, "Bearer " + token, json())) {
            if (answer.status() != CREATED) {
                throw new UsageException("The registry at " + api + " does not accept the report (" + reason(answer)
                        + "); check token, model and version.");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The registry at " + api + " cannot be reached (" + StoreException.reasonOf(e)
                            + "); check the address.",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while reporting", e);
        }
    }

    private static String reason(RegistryHttp.Answer answer) throws IOException {
        String status = "HTTP " + answer.status();
        try {
            return RegistryNames.printable(
                    JSON.readTree(answer.bytes(MOST_BYTES)).path("error").asText(status));
        } catch (JsonProcessingException e) {
            return status;
        }
    }

    private byte[] json() throws JsonProcessingException {
        return JSON.writeValueAsBytes(
                Map.of("vehicle", vehicle, "version", version, "metric", metric, "value", value, "least", least));
    }
}
