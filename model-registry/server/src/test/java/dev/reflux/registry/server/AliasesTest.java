package dev.reflux.registry.server;

import static dev.reflux.registry.server.ServedRegistry.ADMIN;
import static dev.reflux.registry.server.ServedRegistry.READER;
import static dev.reflux.registry.server.ServedRegistry.assertError;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Aliases, their history, and the reports that move them. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AliasesTest {

    private ServedRegistry served;
    private String model;
    private String path;

    @BeforeAll
    void open(@TempDir Path directory) throws Exception {
        served = ServedRegistry.start(directory);
    }

    @AfterAll
    void close() throws Exception {
        served.close();
    }

    @BeforeEach
    void publish() {
        model = served.publishTwo();
        path = "/v1/models/" + model;
    }

    @Test
    void givenPublishedVersions_whenAliasesAreListed_thenLatestPointsAtTheNewest() throws Exception {
        HttpResponse<String> aliases = served.get(path + "/aliases", READER);

        assertThat(aliases.body()).isEqualTo("{\"latest\":2}");
    }

    @Test
    void givenTwoPublications_whenTheHistoryIsListed_thenItHasBoth() throws Exception {
        HttpResponse<String> history = served.get(path + "/aliases/latest/history", READER);

        assertThat(served.json(history).path("history"))
                .extracting(change -> change.path("version").asLong())
                .containsExactly(1L, 2L);
    }

    @Test
    void givenNoSuchAlias_whenAsked_thenTheAnswerIs404() throws Exception {
        HttpResponse<String> answer = served.get(path + "/aliases/gold", READER);

        assertError(404, model + " has no alias \"gold\".", answer);
    }

    @Test
    void givenARollbackWithoutABody_whenPosted_thenTheParentIsLive() throws Exception {
        HttpResponse<String> back = served.send("POST", path + "/aliases/latest/rollback", ADMIN, null);

        assertThat(served.json(back).path("version").asLong()).isEqualTo(1);
        assertThat(served.json(back).path("reason").asText()).isEqualTo("rolled back");
    }

    @Test
    void givenAFirstVersion_whenRolledBack_thenTheAnswerAsksForAVersion() throws Exception {
        served.send("POST", path + "/aliases/latest/rollback", ADMIN, null);

        HttpResponse<String> further = served.send("POST", path + "/aliases/latest/rollback", ADMIN, "{}");

        assertError(
                400,
                "The alias latest of " + model
                        + " has been at no version before 1, which has no parent; name the version to" + " return to.",
                further);
    }

    @Test
    void givenAVersion_whenRolledBackToIt_thenItIsLive() throws Exception {
        HttpResponse<String> back = served.send(
                "POST", path + "/aliases/latest/rollback", ADMIN, "{\"version\":1,\"reason\":\"too dark\"}");

        assertThat(served.json(back).path("version").asLong()).isEqualTo(1);
        assertThat(served.json(back).path("reason").asText()).isEqualTo("too dark");
    }

    @Test
    void givenNoSuchVersion_whenAnAliasIsPointedAtIt_thenTheAnswerIs400() throws Exception {
        HttpResponse<String> answer = served.send("PUT", path + "/aliases/gold", ADMIN, "{\"version\":9}");

        assertError(400, "has no version 9", answer);
    }

    @Test
    void givenANumberForAnAlias_whenItIsPointed_thenTheAnswerIs400() throws Exception {
        HttpResponse<String> answer = served.send("PUT", path + "/aliases/7", ADMIN, "{\"version\":1}");

        assertError(400, "An alias cannot be a number such as \"7\"", answer);
    }
}
