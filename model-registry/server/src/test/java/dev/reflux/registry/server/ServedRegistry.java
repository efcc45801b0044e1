package dev.reflux.registry.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.common.model.Sha256;
import dev.reflux.registry.store.Candidates;
import dev.reflux.registry.store.ModelRegistry;
import dev.reflux.registry.store.ObjectStore;
import dev.reflux.registry.store.StoreUnderTest;
import dev.reflux.registry.store.Writer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A server over an embedded store, with a reader's and an admin's token. Each answer is checked against the contract. */
final class ServedRegistry implements AutoCloseable {

    static final String READER = "vehicle-token";
    static final String ADMIN = "ops-token";
    static final String NOBODY = "";
    static final int MOST_WATCHERS = 40;

    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ContractCheck contract = new ContractCheck();
    private final StoreUnderTest storeServer;
    private final ObjectStore store;
    private final ModelRegistry registry;
    private final Candidates candidates;
    private final HttpSettings settings;
    private final RegistryServer server;
    private Writer writer;
    private int models;
    private int versions;

    private ServedRegistry(Path directory, Duration receiveWithin, Optional<HttpSettings.Tls> tls) throws IOException {
        storeServer = StoreUnderTest.embedded(directory.resolve("store"), ServedRegistry.class);
        store = storeServer.open();
        registry = new ModelRegistry(store, Clock.systemUTC());
        candidates = new Candidates(directory);
        settings = new HttpSettings(
                "127.0.0.1",
                0,
                tokens(directory),
                tls,
                Optional.empty(),
                Duration.ofMillis(50),
                MOST_WATCHERS,
                Duration.ofMinutes(1),
                receiveWithin);
        server = RegistryMain.start(store, settings);
    }

    static ServedRegistry start(Path directory) throws IOException {
        return new ServedRegistry(directory, HttpSettings.RECEIVE_WITHIN, Optional.empty());
    }

    static ServedRegistry start(Path directory, Duration receiveWithin) throws IOException {
        return new ServedRegistry(directory, receiveWithin, Optional.empty());
    }

    static ServedRegistry start(Path directory, HttpSettings.Tls tls) throws IOException {
        return new ServedRegistry(directory, HttpSettings.RECEIVE_WITHIN, Optional.of(tls));
    }

    static Tokens tokens(Path directory) throws IOException {
        return Tokens.read(Files.writeString(
                directory.resolve("tokens.json"),
                """
                {"tokens":[{"name":"car","role":"reader","vehicle":"car-*","sha256":"%s"},{"name":"ops","role":"admin","sha256":"%s"}]}"""
                        .formatted(hash(READER), hash(ADMIN))));
    }

    private static String hash(String token) {
        return Sha256.hex(token.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the name of a new model with two versions. */
    String publishTwo() {
        return publishTwo("street-" + models++);
    }

    /** Publishes two versions of a model. */
    String publishTwo(String model) {
        writer = registry.publisher().openWriter(model, "test");
        versions = 0;
        publish();
        publish();
        return model;
    }

    /** Publishes the next version of the newest model. */
    void publish() {
        registry.publisher().publish(writer, candidates.of(String.valueOf(versions + 1), versions));
        versions++;
    }

    ModelRegistry registry() {
        return registry;
    }

    ObjectStore store() {
        return store;
    }

    Candidates candidates() {
        return candidates;
    }

    HttpSettings settings() {
        return settings;
    }

    RegistryServer server() {
        return server;
    }

    ContractCheck contract() {
        return contract;
    }

    URI address(String path) {
        return server.address().resolve(path);
    }

    HttpResponse<String> get(String path, String token) throws Exception {
        return send("GET", path, token, null);
    }

    HttpResponse<String> send(String method, String path, String token, @Nullable String body) throws Exception {
        return checked(http.send(request(method, path, token, body).build(), HttpResponse.BodyHandlers.ofString()));
    }

    HttpResponse<String> send(HttpRequest request) throws Exception {
        return checked(http.send(request, HttpResponse.BodyHandlers.ofString()));
    }

    CompletableFuture<HttpResponse<String>> getLater(String path, String token) {
        return http.sendAsync(request("GET", path, token, null).build(), HttpResponse.BodyHandlers.ofString())
                .thenApply(this::checked);
    }

    HttpResponse<InputStream> stream(String path, String token) throws Exception {
        return http.send(request("GET", path, token, null).build(), HttpResponse.BodyHandlers.ofInputStream());
    }

    private HttpResponse<String> checked(HttpResponse<String> answer) {
        contract.check(answer);
        return answer;
    }

    HttpRequest.Builder request(String method, String path, String token, @Nullable String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(address(path))
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
    }

    JsonNode json(HttpResponse<String> answer) throws IOException {
        return json.readTree(answer.body());
    }

    static void assertError(int status, String part, HttpResponse<String> answer) throws IOException {
        String sentence =
                new ObjectMapper().readTree(answer.body()).path("error").asText();
        assertThat(sentence).contains(part).endsWith(".");
        assertThat(answer.statusCode()).isEqualTo(status);
    }

    /** Ends the store under the running server. */
    void endStore() throws Exception {
        storeServer.close();
    }

    @Override
    public void close() throws Exception {
        server.close();
        store.close();
        storeServer.close();
    }
}
