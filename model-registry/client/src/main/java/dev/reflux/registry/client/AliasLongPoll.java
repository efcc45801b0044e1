package dev.reflux.registry.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.common.failure.UsageException;
import dev.reflux.registry.format.RegistryNames;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** Waits at the registry's HTTP API until an alias changes. Blocks on the network. Thread-safe. */
public final class AliasLongPoll {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
    private static final int MOST_BYTES = 1 << 16;
    private static final int OK = 200;
    private static final int NOTHING_NEW = 304;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;

    /**
     * Where an alias points.
     *
     * @param number of the change, by which the changes of an alias are ordered
     * @param version the version that the alias points at
     */
    public record Target(long number, long version) {}

    private final URI api;
    private final String token;
    private final String model;
    private final String alias;
    private final RegistryHttp http;

    /**
     * Creates a poll, which connects when {@link #next} is called.
     *
     * @param api the address of the HTTP API, such as https://registry:8443
     * @param token the token of a reader
     * @throws UsageException when the names are none
     */
    public AliasLongPoll(URI api, String token, String model, String alias) {
        this(api, token, model, alias, new RegistryHttp());
    }

    AliasLongPoll(URI api, String token, String model, String alias, RegistryHttp http) {
        RegistryNames.require(model, "model");
        RegistryNames.require(alias, "alias");
        this.api = api;
        this.token = token;
        this.model = model;
        this.alias = alias;
        this.http = http;
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
        return next(after, LONGEST_WAIT);
    }

    /**
     * Waits for a change.
     *
     * @param after the number of the change that the caller knows; 0 for none
     * @param most the longest time to wait, in whole seconds; a minute at most
     * @return the newest change; empty when there was none after the known one
     * @throws UsageException when the API refuses the token
     * @throws StoreException when the API cannot be reached or does not answer as it should
     */
    public Optional<Target> next(long after, Duration most) throws InterruptedException {
        Duration wait = most.compareTo(LONGEST_WAIT) < 0 ? most : LONGEST_WAIT;
        URI uri = api.resolve(
                "/v1/models/" + model + "/aliases/" + alias + "?after=" + after + "&wait=" + wait.toSeconds());
        try (RegistryHttp.Answer answer = http.getOnce(uri, "Bearer " + token, wait)) {
            return switch (answer.status()) {
                case OK -> Optional.of(target(answer.bytes(MOST_BYTES)));
                case NOTHING_NEW -> Optional.empty();
                case UNAUTHORIZED, FORBIDDEN ->
                    throw new UsageException("The registry at " + api + " does not know the token; check it.");
                case NOT_FOUND ->
                    throw new StoreException(
                            "The registry at " + api + " has no alias " + alias + " of the model " + model
                                    + " yet; check both names, or wait.",
                            new IOException("HTTP " + NOT_FOUND));
                default -> throw unreachable(new IOException("HTTP " + answer.status()));
            };
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    private static Target target(byte[] body) throws IOException {
        try {
            JsonNode change = JSON.readTree(body);
            long number = change.path("number").asLong();
            long version = change.path("version").asLong();
            if (number > 0 && version > 0) {
                return new Target(number, version);
            }
        } catch (JsonProcessingException e) {
            throw new IOException("its answer is not JSON", e);
        }
        throw new IOException("its answer names no version");
    }

    private StoreException unreachable(IOException e) {
        return new StoreException("The registry at " + api + " is away (" + StoreException.reasonOf(e) + ").", e);
    }
}
