package dev.reflux.registry.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.model.Sha256;
import dev.reflux.registry.client.HttpObjectSource;
import dev.reflux.registry.client.RegistryReader;
import dev.reflux.registry.client.StoreException;
import dev.reflux.registry.format.AliasChange;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.Manifest;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.store.Candidates;
import dev.reflux.registry.store.ModelRegistry;
import dev.reflux.registry.store.ObjectStore;
import dev.reflux.registry.store.RegistryCatalog;
import dev.reflux.registry.store.StoreUnderTest;
import dev.reflux.registry.store.Writer;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RegistryServerTest {

    private static final String VEHICLE = "vehicle-token";
    private static final String OPS = "ops-token";

    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient http = HttpClient.newHttpClient();
    private Path directory;
    private StoreUnderTest storeServer;
    private ObjectStore store;
    private ModelRegistry registry;
    private Candidates candidates;
    private HttpSettings settings;
    private RegistryServer server;
    private String model;
    private Writer writer;
    private int lines;

    @BeforeAll
    void open(@TempDir Path directory) throws Exception {
        this.directory = directory;
        storeServer = StoreUnderTest.embedded(directory.resolve("store"), getClass());
        store = storeServer.open();
        registry = new ModelRegistry(store, Clock.systemUTC());
        candidates = new Candidates(directory);
        Path tokens = Files.writeString(
                directory.resolve("tokens.json"),
                """
                {"tokens":[{"name":"car","role":"reader","sha256":"%s"},{"name":"ops","role":"admin","sha256":"%s"}]}"""
                        .formatted(hash(VEHICLE), hash(OPS)));
        HttpSettings usual = HttpSettings.loopback(Tokens.read(tokens));
        settings = new HttpSettings(
                usual.host(), 0, usual.tokens(), Optional.empty(), Duration.ofMillis(50), 40, Duration.ofMinutes(1));
        server = RegistryServer.start(store, settings);
    }

    @AfterAll
    void close() throws Exception {
        server.close();
        store.close();
        storeServer.close();
    }

    @BeforeEach
    void publishTwo() {
        model = "street-" + lines++;
        writer = registry.publisher().openWriter(model, "test");
        registry.publisher().publish(writer, candidates.of("1", 0));
        registry.publisher().publish(writer, candidates.of("2", 1));
    }

    private static String hash(String token) {
        return Sha256.hex(token.getBytes(StandardCharsets.UTF_8));
    }

    // ---- who may -------------------------------------------------------------------------------------------------

    @Test
    void givenNoTokenOrAWrongOne_whenAsked_thenOnlyHealthAndTheDocumentAnswer() throws Exception {
        assertThat(send("GET", "/healthz", null, null).statusCode()).isEqualTo(200);
        assertThat(send("GET", "/v1/openapi.json", null, null).body()).contains("\"openapi\"");
        assertThat(send("GET", "/v1/models", null, null).statusCode()).isEqualTo(401);
        assertThat(send("GET", "/v1/models", "guessed", null).statusCode()).isEqualTo(401);
        assertThat(send("GET", "/v1/models", VEHICLE, null).body()).contains(model);
    }

    @Test
    void givenAVehiclesToken_whenItWantsToPromote_thenItMayNotAndOpsMay() throws Exception {
        String path = "/v1/models/" + model + "/aliases/champion";

        HttpResponse<String> vehicle = send("PUT", path, VEHICLE, "{\"version\":1}");
        HttpResponse<String> ops = send("PUT", path, OPS, "{\"version\":1,\"reason\":\"it is good\"}");

        assertThat(vehicle.statusCode()).isEqualTo(403);
        assertThat(vehicle.body()).isEqualTo("{\"error\":\"car may not do this.\"}");
        assertThat(ops.statusCode()).isEqualTo(200);
        assertThat(registry.catalog().history(model, "champion"))
                .extracting(AliasChange::by, AliasChange::reason)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("ops", "it is good"));
    }

    // ---- reading -------------------------------------------------------------------------------------------------

    @Test
    void givenAVersion_whenAskedAgainWithItsTag_thenNothingIsSent() throws Exception {
        String path = "/v1/models/" + model + "/versions/latest";
        HttpResponse<String> first = send("GET", path, VEHICLE, null);
        String tag = first.headers().firstValue("etag").orElseThrow();

        HttpResponse<String> again = http.send(
                request("GET", path, VEHICLE, null).header("If-None-Match", tag).build(),
                HttpResponse.BodyHandlers.ofString());

        JsonNode version = json.readTree(first.body());
        assertThat(version.path("version").asLong()).isEqualTo(2);
        assertThat(tag).isEqualTo("\"" + Manifest.sha256(registry.reader().require(model, "2")) + "\"");
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
    }

    @Test
    void givenAnArtifact_whenAsked_thenASignedAddressGivesItsBytesWithoutAnyToken() throws Exception {
        HttpResponse<String> redirect =
                send("GET", "/v1/models/" + model + "/versions/2/artifacts/student.pt", VEHICLE, null);

        URI address = URI.create(redirect.headers().firstValue("location").orElseThrow());
        HttpResponse<String> bytes =
                http.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(redirect.statusCode()).isEqualTo(307);
        assertThat(bytes.body()).isEqualTo("student.pt 2");
        assertThat(send("GET", "/v1/models/" + model + "/versions/2/artifacts/passwd", VEHICLE, null)
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void givenTagsAliasesAndHistory_whenAsked_thenTheyAnswer() throws Exception {
        send("PUT", "/v1/models/" + model + "/versions/1/tags/weather", OPS, "{\"value\":\"fog\"}");
        send("PUT", "/v1/models/" + model + "/versions/1/tags/city", OPS, "{\"value\":\"Ulm\"}");
        send("DELETE", "/v1/models/" + model + "/versions/1/tags/city", OPS, null);

        assertThat(send("GET", "/v1/models/" + model + "/versions/1/tags", VEHICLE, null)
                        .body())
                .isEqualTo("{\"weather\":\"fog\"}");
        assertThat(send("GET", "/v1/models/" + model + "/aliases", VEHICLE, null)
                        .body())
                .isEqualTo("{\"latest\":2}");
        assertThat(json.readTree(send("GET", "/v1/models/" + model + "/aliases/latest/history", VEHICLE, null)
                                .body())
                        .path("history"))
                .hasSize(2);
        assertThat(json.readTree(send("GET", "/v1/models/" + model + "/versions?from=2", VEHICLE, null)
                                .body())
                        .path("versions"))
                .hasSize(1);
    }

    @Test
    void givenARollback_whenPosted_thenTheParentIsLive() throws Exception {
        HttpResponse<String> back = send("POST", "/v1/models/" + model + "/aliases/latest/rollback", OPS, null);
        HttpResponse<String> further = send("POST", "/v1/models/" + model + "/aliases/latest/rollback", OPS, "{}");

        assertThat(json.readTree(back.body()).path("version").asLong()).isEqualTo(1);
        assertThat(further.statusCode()).isEqualTo(400);
        assertThat(further.body()).contains("has no parent; name a version.");
    }

    @Test
    void givenWhatIsNotThereOrNotInOrder_whenAsked_thenASentenceSaysSo() throws Exception {
        assertError(
                404, "has no version \\\"17\\\".", send("GET", "/v1/models/" + model + "/versions/17", VEHICLE, null));
        assertError(404, "has no alias", send("GET", "/v1/models/" + model + "/aliases/gold", VEHICLE, null));
        assertError(404, "no such path", send("GET", "/v2", VEHICLE, null));
        assertError(400, "must be a number", send("GET", "/v1/models/" + model + "/versions?from=x", VEHICLE, null));
        assertError(400, "not JSON", send("PUT", "/v1/models/" + model + "/aliases/gold", OPS, "{"));
        assertError(
                400, "has no version 9", send("PUT", "/v1/models/" + model + "/aliases/gold", OPS, "{\"version\":9}"));
        assertError(400, "A report names", send("POST", "/v1/models/" + model + "/reports", VEHICLE, "{}"));
        assertThat(send("PUT", "/v1/models/" + model + "/aliases/gold", OPS, "x".repeat(70_000))
                        .statusCode())
                .isEqualTo(413);
        assertThat(send("GET", "/v1/objects/" + model + "/writers/00000001.json", VEHICLE, null)
                        .statusCode())
                .isEqualTo(404);
    }

    private static void assertError(int status, String part, HttpResponse<String> answer) {
        assertThat(answer.body()).contains("\"error\"").contains(part);
        assertThat(answer.statusCode()).isEqualTo(status);
    }

    @Test
    void givenAReport_whenPosted_thenTheGateWillFindIt() throws Exception {
        HttpResponse<String> posted = send(
                "POST",
                "/v1/models/" + model + "/reports",
                VEHICLE,
                "{\"vehicle\":\"car-1\",\"version\":2,\"metric\":\"agreement\",\"value\":0.4,\"least\":0.8}");

        assertThat(posted.statusCode()).isEqualTo(201);
        assertThat(registry.journal(model, "reports").reader().read(1))
                .singleElement()
                .satisfies(entry ->
                        assertThat(entry.content().path("vehicle").asText()).isEqualTo("car-1"));
    }

    // ---- watching ------------------------------------------------------------------------------------------------

    @Test
    void givenALongPoll_whenAVersionIsPublished_thenItAnswersAndOtherwiseNotBeforeItsTime() throws Exception {
        String path = "/v1/models/" + model + "/aliases/latest?after=2&wait=";
        HttpResponse<String> none = send("GET", path + 1, VEHICLE, null);
        CompletableFuture<HttpResponse<String>> waiting =
                http.sendAsync(request("GET", path + 30, VEHICLE, null).build(), HttpResponse.BodyHandlers.ofString());

        registry.publisher().publish(writer, candidates.of("3", 2));

        assertThat(none.statusCode()).isEqualTo(304);
        JsonNode change = json.readTree(waiting.get(10, TimeUnit.SECONDS).body());
        assertThat(change.path("version").asLong()).isEqualTo(3);
        assertThat(change.path("number").asLong()).isEqualTo(3);
    }

    @Test
    void givenAnEventStream_whenVersionsArePublished_thenEachNewestIsTold() throws Exception {
        HttpResponse<InputStream> stream = http.send(
                request("GET", "/v1/models/" + model + "/aliases/latest/events", VEHICLE, null)
                        .build(),
                HttpResponse.BodyHandlers.ofInputStream());

        try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
            assertThat(nextData(lines).path("version").asLong()).isEqualTo(2);
            registry.publisher().publish(writer, candidates.of("3", 2));
            assertThat(nextData(lines).path("version").asLong()).isEqualTo(3);
            registry.aliases().point(model, "latest", 1, "test", "");
            assertThat(nextData(lines).path("version").asLong()).isEqualTo(1);
        }
        assertThat(stream.headers().firstValue("content-type")).contains("text/event-stream");
    }

    private JsonNode nextData(BufferedReader lines) throws Exception {
        for (String line; (line = lines.readLine()) != null; ) {
            if (line.startsWith("data: ")) {
                return json.readTree(line.substring("data: ".length()));
            }
        }
        throw new AssertionError("the stream ended");
    }

    @Test
    void givenAsManyWatchersAsThereMayBe_whenOneMoreComes_thenItIsToldToComeLater() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> watchers = new ArrayList<>();
        String path = "/v1/models/" + model + "/aliases/latest?after=2&wait=100";
        for (int i = 0; i < settings.mostWatchers() + 20; i++) {
            watchers.add(
                    http.sendAsync(request("GET", path, VEHICLE, null).build(), HttpResponse.BodyHandlers.ofString()));
        }
        HttpResponse<String> first =
                (HttpResponse<String>) CompletableFuture.anyOf(watchers.toArray(CompletableFuture[]::new))
                        .get(10, TimeUnit.SECONDS);
        registry.publisher().publish(writer, candidates.of("3", 2));

        List<Integer> statuses = new ArrayList<>();
        for (CompletableFuture<HttpResponse<String>> watcher : watchers) {
            statuses.add(watcher.get(10, TimeUnit.SECONDS).statusCode());
        }

        assertThat(first.statusCode()).isEqualTo(503);
        assertThat(first.headers().firstValue("retry-after")).isPresent();
        assertThat(statuses).contains(200, 503).containsOnly(200, 503);
        assertThat(statuses.stream().filter(status -> status == 200).count())
                .isGreaterThanOrEqualTo(settings.mostWatchers());
    }

    // ---- the bucket for vehicles ---------------------------------------------------------------------------------

    @Test
    void givenAVehicleWithATokenAndNoKeys_whenItReadsTheRegistry_thenItSeesWhatIsThere() {
        registry.deltas().add(model, 1, 2);
        try (HttpObjectSource source = new HttpObjectSource(server.address(), VEHICLE)) {
            RegistryReader remote = new RegistryReader(source);
            RegistryCatalog catalog = new RegistryCatalog(source);

            StudentVersion latest = remote.require(model, "latest");

            assertThat(latest).isEqualTo(registry.reader().require(model, "latest"));
            assertThat(candidates.contentOf(remote, latest)).isEqualTo("2");
            assertThat(catalog.versions(model, 1)).hasSize(2);
            assertThat(remote.deltas().list(model))
                    .isEqualTo(registry.reader().deltas().list(model));
            assertThat(remote.resolve(model, "99")).isEmpty();
            assertThat(catalog.models()).contains(model);
            assertThat(store.read(latest.blob(Artifact.STUDENT).key())).isPresent();
        }
        try (RegistryReader stranger = new RegistryReader(new HttpObjectSource(server.address(), "no"))) {
            assertThatThrownBy(() -> stranger.resolve(model, "latest"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("401")
                    .hasMessageContaining("check the token");
        }
    }

    // ---- TLS -----------------------------------------------------------------------------------------------------

    @Test
    void givenACertificate_whenServed_thenItSpeaksTls() throws Exception {
        KeyStore keys = selfSigned();
        HttpSettings.Tls tls = new HttpSettings.Tls(
                pem("CERTIFICATE", keys.getCertificate("k").getEncoded()),
                pem("PRIVATE KEY", keys.getKey("k", "changeit".toCharArray()).getEncoded()));
        HttpSettings secure = new HttpSettings(
                "127.0.0.1", 0, settings.tokens(), Optional.of(tls), Duration.ofSeconds(1), 10, Duration.ofMinutes(1));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(keys);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);

        try (RegistryServer one = RegistryServer.start(store, secure)) {
            HttpResponse<String> up = HttpClient.newBuilder()
                    .sslContext(context)
                    .build()
                    .send(
                            HttpRequest.newBuilder(one.address().resolve("/healthz"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());

            assertThat(one.address().getScheme()).isEqualTo("https");
            assertThat(up.statusCode()).isEqualTo(200);
        }
    }

    private KeyStore selfSigned() throws Exception {
        Path file = directory.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "k",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "changeit",
                        "-keystore",
                        file.toString())
                .redirectErrorStream(true)
                .start();
        assertThat(keytool.waitFor()).isZero();
        return KeyStore.getInstance(file.toFile(), "changeit".toCharArray());
    }

    private Path pem(String what, byte[] der) throws Exception {
        return Files.writeString(
                directory.resolve(what.replace(' ', '-') + ".pem"),
                "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + what
                        + "-----\n");
    }

    @Test
    void givenAPortThatIsTaken_whenServed_thenTheSentenceNamesIt() {
        HttpSettings taken = new HttpSettings(
                "127.0.0.1",
                server.address().getPort(),
                settings.tokens(),
                Optional.empty(),
                Duration.ofSeconds(1),
                10,
                Duration.ofMinutes(1));

        assertThatThrownBy(() -> RegistryServer.start(store, taken))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("cannot be served at 127.0.0.1:" + taken.port());
    }

    private HttpRequest.Builder request(String method, String path, String token, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.address().resolve(path))
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        return token == null ? request : request.header("Authorization", "Bearer " + token);
    }

    private HttpResponse<String> send(String method, String path, String token, String body) throws Exception {
        return http.send(request(method, path, token, body).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void givenRequests_whenScraped_thenEachCountsUnderItsRouteAndEveryAliasIsThere() throws Exception {
        registry.aliases().point(model, "latest", 2, "test", "");
        try (RegistryServer observed = RegistryServer.start(store, settings)) {
            int port = observed.observe(0);
            get(observed.address().resolve("/v1/models/" + model + "/versions/1"), VEHICLE);
            get(observed.address().resolve("/v1/models"), "nobody");
            get(observed.address().resolve("/nothing"), VEHICLE);

            Awaitility.await().untilAsserted(() -> assertThat(
                            get(health(port, "/metrics"), "").body())
                    .contains("reflux_registry_requests_seconds_count"
                            + "{route=\"/v1/models/{model}/versions/{version}\",status=\"200\"} 1")
                    .contains("reflux_registry_requests_seconds_count{route=\"/v1/models\",status=\"401\"} 1")
                    .contains("reflux_registry_requests_seconds_count{route=\"none\",status=\"404\"} 1")
                    .contains("reflux_registry_version{alias=\"latest\",model=\"" + model + "\"} 2.0")
                    .contains("reflux_registry_watchers 0.0"));
            assertThat(get(health(port, "/livez"), "").statusCode()).isEqualTo(200);
            assertThat(get(health(port, "/readyz"), "").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void givenAStoreThatGoesAway_whenAskedWhetherReady_thenItIsAliveAndSaysThatTheStoreDoesNotAnswer()
            throws Exception {
        StoreUnderTest mortal = StoreUnderTest.embedded(directory.resolve("mortal"), getClass());
        try (ObjectStore its = mortal.open();
                RegistryServer observed = RegistryServer.start(its, settings)) {
            int port = observed.observe(0);
            Awaitility.await().untilAsserted(() -> assertThat(
                            get(health(port, "/readyz"), "").statusCode())
                    .isEqualTo(200));

            mortal.close();

            Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                HttpResponse<String> answer = get(health(port, "/readyz"), "");
                assertThat(answer.statusCode()).isEqualTo(503);
                assertThat(answer.body()).contains("check the endpoint");
            });
            assertThat(get(health(port, "/livez"), "").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void givenVehiclesThatWait_whenTheServerIsClosed_thenTheyAreSentAwayAtOnce() throws Exception {
        try (RegistryServer ending = RegistryServer.start(store, settings)) {
            int health = ending.observe(0);
            HttpClient client =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
            URI alias = ending.address().resolve("/v1/models/" + model + "/aliases/latest");
            CompletableFuture<HttpResponse<String>> poll = client.sendAsync(
                    HttpRequest.newBuilder(URI.create(alias + "?after=1000&wait=120"))
                            .header("Authorization", "Bearer " + VEHICLE)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            CompletableFuture<HttpResponse<String>> stream = client.sendAsync(
                    HttpRequest.newBuilder(URI.create(alias + "/events"))
                            .header("Authorization", "Bearer " + VEHICLE)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            Awaitility.await()
                    .until(() -> get(health(health, "/metrics"), "").body().contains("reflux_registry_watchers 2.0"));

            ending.close();

            assertThat(poll.get(5, TimeUnit.SECONDS).statusCode()).isEqualTo(304);
            assertThat(stream.get(5, TimeUnit.SECONDS).body()).contains("event: version");
        }
    }

    private HttpResponse<String> get(URI at, String token) throws Exception {
        return http.send(
                HttpRequest.newBuilder(at)
                        .header("Authorization", "Bearer " + token)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static URI health(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }
}
