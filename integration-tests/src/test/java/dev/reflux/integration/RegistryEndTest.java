package dev.reflux.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reflux.embedded.LoopbackPorts;
import dev.reflux.integration.backbone.Backbone;
import dev.reflux.integration.process.Relay;
import dev.reflux.integration.process.ServiceProcess;
import dev.reflux.registry.server.Role;
import dev.reflux.registry.server.Tokens;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The registry's process when its store goes away and comes back, and when it is told to end. */
@Timeout(240)
class RegistryEndTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private Backbone backbone;
    private Relay road;
    private ServiceProcess registry;
    private String token;
    private int port;
    private int healthPort;

    @BeforeEach
    void start() throws Exception {
        backbone = Backbone.open(folder);
        road = Relay.to(backbone.store().endpoint());
        token = Tokens.add(folder.resolve("tokens.json"), "ops", Role.ADMIN);
        Path key = Files.writeString(folder.resolve("key"), backbone.store().secretKey());
        port = LoopbackPorts.free();
        healthPort = LoopbackPorts.free();
        registry = ServiceProcess.start(
                folder.resolve("registry.log"),
                Map.of(),
                List.of(
                        "registry",
                        "--port",
                        String.valueOf(port),
                        "--health-port",
                        String.valueOf(healthPort),
                        "--tokens",
                        folder.resolve("tokens.json").toString(),
                        "--s3",
                        road.endpoint().toString(),
                        "--bucket",
                        backbone.store().bucket(),
                        "--access-key",
                        backbone.store().accessKey(),
                        "--secret-key-file",
                        key.toString()));
        await().atMost(PATIENCE).until(() -> registry.status(health("/readyz")) == 200);
    }

    @AfterEach
    void stop() {
        registry.close();
        road.close();
        backbone.close();
    }

    @Test
    void givenAStoreThatGoesAway_whenItComesBack_thenTheRegistryIsUnreadyInBetweenSaysWhyAndNeverEnds()
            throws Exception {
        road.cut();
        await().atMost(PATIENCE).until(() -> registry.status(health("/readyz")) == 503);
        String complaint = registry.body(health("/readyz"));
        HttpResponse<String> answer = ask("/v1/models").get(60, TimeUnit.SECONDS);
        int alive = registry.status(health("/livez"));

        road.mend();

        await().atMost(PATIENCE).until(() -> registry.status(health("/readyz")) == 200);
        assertThat(complaint).contains(road.endpoint().toString()).contains("check the endpoint");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("The store behind the registry does not answer; try again.");
        assertThat(alive).isEqualTo(200);
        assertThat(ask("/v1/models").get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        assertThat(registry.alive()).isTrue();
    }

    @Test
    void givenARequestUnderWay_whenTheRegistryIsToldToEnd_thenItIsAnsweredNoOtherIsTakenAndTheProcessEnds()
            throws Exception {
        road.hold();
        CompletableFuture<HttpResponse<String>> underWay = ask("/v1/models");
        await().atMost(PATIENCE).until(() -> road.held() > 0);

        registry.askToEnd();

        await().atMost(PATIENCE).until(this::refusesConnections);
        assertThat(registry.alive())
                .as("it waits for what is under way: " + registry.said())
                .isTrue();
        assertThat(underWay).isNotDone();
        road.release();
        HttpResponse<String> answer = underWay.get(60, TimeUnit.SECONDS);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("models");
        assertThat(registry.exitCode(PATIENCE)).isEqualTo(ServiceProcess.TERMINATED);
        assertThat(registry.said()).contains("The registry was asked to end and has closed.");
    }

    private boolean refusesConnections() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private CompletableFuture<HttpResponse<String>> ask(String path) {
        return http.sendAsync(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .header("Authorization", "Bearer " + token)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private URI health(String path) {
        return URI.create("http://127.0.0.1:" + healthPort + path);
    }
}
