package dev.reflux.registry.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.common.failure.UsageException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** Waits at the registry's HTTP API until an alias changes. Blocks on the network. Thread-safe. */
public final class AliasLongPoll {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
    private static final int OK = 200;
    private static final int NOTHING_NEW = 304;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;

    /**
     * Where an alias points.
     *
     * @param number of the change, by which the changes of an alias are ordered
     * @param version the version that the alias points at
     */
    public record Target(long number, long version) {}

    private final URI api;
    private final String token;
    private final String path;
    private final HttpClient client;

    /**
     * Creates a poll, which connects when {@link #next} is called.
     *
     * @param api the address of the HTTP API, such as https://registry:8443
     * @param token the token of a reader
     */
    public AliasLongPoll(URI api, String token, String model, String alias) {
        this.api = api;
        this.token = token;
        this.path = "/v1/models/" + model + "/aliases/" + alias;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(LONGEST_WAIT)
                .build();
    }

    /**
     * Waits up to a minute for a change.
     *
     * @param after the number of the change that the caller knows; 0 for none
     * @return the newest change; empty when there was none after the known one
     * @throws UsageException when the API refuses the token
     * @throws StoreException when the API cannot be reached or does not answer as it should
     */
    public Optional<Target> next(long after) throws InterruptedException {
        try {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(api.resolve(path + "?after=" + after + "&wait=" + LONGEST_WAIT.toSeconds()))
                            .timeout(LONGEST_WAIT.multipliedBy(2))
                            .header("Authorization", "Bearer " + token)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            return switch (answer.statusCode()) {
                case OK -> Optional.of(target(answer.body()));
                case NOTHING_NEW -> Optional.empty();
                case UNAUTHORIZED, FORBIDDEN ->
                    throw new UsageException("The registry at " + api + " does not know the token; check it.");
                default -> throw unreachable(new IOException("HTTP " + answer.statusCode()));
            };
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    private static Target target(String body) throws IOException {
        JsonNode change = JSON.readTree(body);
        return new Target(change.path("number").asLong(), change.path("version").asLong());
    }

    private StoreException unreachable(IOException e) {
        return new StoreException("The registry at " + api + " is away (" + StoreException.reasonOf(e) + ").", e);
    }
}
