package dev.reflux.registry.server;

import static dev.reflux.registry.server.ServedRegistry.ADMIN;
import static dev.reflux.registry.server.ServedRegistry.NOBODY;
import static dev.reflux.registry.server.ServedRegistry.READER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.registry.format.AliasChange;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AccessTest {

    private ServedRegistry served;
    private String model;

    @BeforeAll
    void open(@TempDir Path directory) throws Exception {
        served = ServedRegistry.start(directory);
        model = served.publishTwo();
    }

    @AfterAll
    void close() throws Exception {
        served.close();
    }

    @Test
    void givenNoToken_whenHealthAndTheDocumentAreAsked_thenTheyAnswer() throws Exception {
        HttpResponse<String> health = served.get("/healthz", NOBODY);
        HttpResponse<String> document = served.get("/v1/openapi.json", NOBODY);

        assertThat(health.body()).isEqualTo("{\"status\":\"up\",\"watchers\":0}");
        assertThat(document.body()).isEqualTo(ApiContract.document());
    }

    @ParameterizedTest
    @ValueSource(strings = {NOBODY, "guessed"})
    void givenNoTokenOrAWrongOne_whenModelsAreAsked_thenTheAnswerIs401WithAChallenge(String token) throws Exception {
        HttpResponse<String> refused = served.get("/v1/models", token);

        ServedRegistry.assertError(401, "needs a token", refused);
        assertThat(refused.headers().firstValue("www-authenticate")).contains("Bearer");
    }

    @Test
    void givenATokenInAnotherScheme_whenModelsAreAsked_thenTheAnswerIs401() throws Exception {
        HttpResponse<String> refused = served.send(served.request("GET", "/v1/models", NOBODY, null)
                .header("Authorization", "Basic " + READER)
                .build());

        ServedRegistry.assertError(401, "needs a token", refused);
    }

    @Test
    void givenAReadersToken_whenModelsAreAsked_thenTheyAnswer() throws Exception {
        HttpResponse<String> models = served.get("/v1/models", READER);

        assertThat(models.statusCode()).isEqualTo(200);
        assertThat(models.body()).contains(model);
    }

    @Test
    void givenAReadersToken_whenItMovesAnAlias_thenTheAnswerIs403AndNothingMoves() throws Exception {
        HttpResponse<String> refused =
                served.send("PUT", "/v1/models/" + model + "/aliases/gold", READER, "{\"version\":1}");

        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).isEqualTo("{\"error\":\"car may not do this; use a token with the role admin.\"}");
        assertThat(served.registry().catalog().history(model, "gold")).isEmpty();
    }

    @Test
    void givenAnAdminsToken_whenItMovesAnAlias_thenTheHistoryHasTheTokensName() throws Exception {
        HttpResponse<String> moved = served.send(
                "PUT", "/v1/models/" + model + "/aliases/champion", ADMIN, "{\"version\":1,\"reason\":\"it is good\"}");

        assertThat(moved.statusCode()).isEqualTo(200);
        assertThat(served.registry().catalog().history(model, "champion"))
                .extracting(AliasChange::by, AliasChange::reason)
                .containsExactly(Tuple.tuple("ops", "it is good"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"guessed", READER})
    void givenATokenThatDoesNotSuffice_whenTheBodyIsNotSent_thenTheAnswerComesAllTheSame(String token)
            throws Exception {
        try (Socket socket = new Socket("127.0.0.1", served.server().address().getPort());
                BufferedReader answer =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
            socket.setSoTimeout((int) served.settings().receiveWithin().toMillis() / 2);
            socket.getOutputStream()
                    .write(("PUT /v1/models/" + model
                                    + "/aliases/gold HTTP/1.1\r\nHost: registry\r\nAuthorization: Bearer " + token
                                    + "\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));

            String status = answer.readLine();

            assertThat(status).startsWith(token.equals(READER) ? "HTTP/1.1 403" : "HTTP/1.1 401");
        }
    }
}
