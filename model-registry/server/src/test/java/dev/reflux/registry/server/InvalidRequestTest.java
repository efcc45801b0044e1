package dev.reflux.registry.server;

import static dev.reflux.registry.server.ServedRegistry.ADMIN;
import static dev.reflux.registry.server.ServedRegistry.NOBODY;
import static dev.reflux.registry.server.ServedRegistry.READER;
import static dev.reflux.registry.server.ServedRegistry.assertError;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.Property;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that violate the contract. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InvalidRequestTest {

    private static final String NAME =
            "must be a name of lower-case letters, digits, dots, dashes and underscores, at most 63 characters, not \"";

    private ServedRegistry served;
    private String path;

    @BeforeAll
    void open(@TempDir Path directory) throws Exception {
        served = ServedRegistry.start(directory);
        path = "/v1/models/" + served.publishTwo();
    }

    @AfterAll
    void close() throws Exception {
        served.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Street", "street%0a", "street%20", "%2e%2e%2fother", "-street", "st%c3%bcrm"})
    void givenABadModelName_whenAskedAnywhere_thenTheAnswerIs404AndSaysWhatANameIs(String name) throws Exception {
        for (String rest :
                List.of("/versions", "/versions/1", "/aliases", "/aliases/latest", "/aliases/latest/history")) {
            HttpResponse<String> answer = served.get("/v1/models/" + name + rest, READER);

            assertError(404, "\"model\" " + NAME, answer);
        }
    }

    @Test
    void givenDotsInAPath_whenTheRouterResolvesThem_thenTheNameThatTheyLeadToIsChecked() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", served.server().address().getPort());
                BufferedReader answer =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
            socket.getOutputStream()
                    .write(
                            ("GET /v1/models/sound/../Bad%20Name/aliases HTTP/1.1\r\nHost: registry\r\nAuthorization: Bearer "
                                            + READER + "\r\nConnection: close\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));

            List<String> lines = answer.lines().toList();

            assertThat(lines.get(0)).startsWith("HTTP/1.1 404");
            assertThat(lines.get(lines.size() - 1)).contains("not \\\"Bad Name\\\"");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/versions?from=x, '\"from\" must be a number from 1 to 99999999, not \"x\".'",
        "/versions?from=0, '\"from\" must be a number from 1 to 99999999, not \"0\".'",
        "/versions?limit=1001, '\"limit\" must be a number from 1 to 1000, not \"1001\".'",
        "/aliases/latest?wait=121, '\"wait\" must be a number from 0 to 120, not \"121\".'",
        "/aliases/latest?after=1.5, '\"after\" must be a number from 0 to 99999999, not \"1.5\".'",
    })
    void givenABadParameter_whenAsked_thenTheAnswerNamesItAndItsRange(String query, String sentence) throws Exception {
        HttpResponse<String> answer = served.get(path + query, READER);

        assertError(400, sentence, answer);
    }

    @Test
    void givenABadEventId_whenEventsAreAsked_thenTheAnswerNamesTheHeader() throws Exception {
        HttpResponse<String> answer = served.send(served.request("GET", path + "/aliases/latest/events", READER, null)
                .header("Last-Event-ID", "newest")
                .build());

        assertError(400, "\"Last-Event-ID\" must be a number from 0 to 99999999, not \"newest\".", answer);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{|The body is not JSON; it must be an object with the version (a number)",
                "{}|The body must be an object with the version (a number)",
                "{\"version\":\"1\"}|The body must be an object with the version (a number)",
                "{\"version\":0}|The body must be an object with the version (a number)",
                "[]|The body must be an object with the version (a number)",
                "''|The request has no body; it must be an object with the version (a number)",
            })
    void givenABadBody_whenAnAliasIsSet_thenTheAnswerSaysWhatItMustBe(String body, String sentence) throws Exception {
        HttpResponse<String> answer = served.send("PUT", path + "/aliases/gold", ADMIN, body);

        assertError(400, sentence, answer);
    }

    @Test
    void givenAnIncompleteReport_whenPosted_thenTheAnswerNamesWhatAReportHas() throws Exception {
        HttpResponse<String> answer = served.send("POST", path + "/reports", READER, "{}");

        assertError(
                400,
                "The body must be a report with vehicle and metric (names), version, value and least (numbers).",
                answer);
    }

    @Test
    void givenABodyThatIsNotJson_whenItSaysSo_thenTheAnswerIs415() throws Exception {
        HttpResponse<String> answer = served.send(served.request("PUT", path + "/aliases/gold", ADMIN, "version=1")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .build());

        assertError(
                415,
                "The body must have the content type application/json, not \"application/x-www-form-urlencoded\".",
                answer);
    }

    @Test
    void givenABodyOver64KiB_whenSent_thenTheAnswerIs413() throws Exception {
        HttpResponse<String> answer = served.send("PUT", path + "/aliases/gold", ADMIN, "x".repeat(70_000));

        assertError(413, "longer than 65536 bytes", answer);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v2, 404, no such path",
        "GET, /v1/models/a/b/c/d/e/f, 404, no such path",
        "DELETE, /v1/models, 405, DELETE is not a method of this path",
        "GET, /v1/models/a%zz/versions, 400, broken escape",
    })
    void givenAPathOrMethodThatIsNotInTheContract_whenAsked_thenASentenceSaysSo(
            String method, String of, int status, String sentence) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", served.server().address().getPort());
                BufferedReader answer =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
            socket.getOutputStream()
                    .write((method + " " + of + " HTTP/1.1\r\nHost: registry\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));

            List<String> lines = answer.lines().toList();

            assertThat(lines.get(0)).startsWith("HTTP/1.1 " + status);
            assertThat(lines.get(lines.size() - 1)).contains("\"error\"").contains(sentence);
        }
    }

    @Test
    void givenControlCharactersInPathAndQuery_whenTheStoreFails_thenNoLineOfTheLogHasThem(@TempDir Path directory)
            throws Exception {
        Logger root = (Logger) LogManager.getRootLogger();
        Lines lines = new Lines();
        Level usual = root.getLevel();
        Configurator.setRootLevel(Level.INFO);
        root.addAppender(lines);
        try (ServedRegistry failing = ServedRegistry.start(directory)) {
            failing.endStore();
            for (String of : List.of(
                    "/v1/models/street%0aERROR%20forged/versions/1",
                    "/v1/models/street/versions/%1b%5b31m1",
                    "/v1/models/street/aliases/latest%0d%0aforged",
                    "/v1/objects?prefix=street%0aforged",
                    "/v1/objects/street/versions/1%0a/manifest.json",
                    "/v1/models/street%0a?after=%0aforged",
                    "/v1/models/street/versions/1")) {
                failing.get(of, READER);
            }
            failing.get("/v1/%0aforged", NOBODY);
        } finally {
            root.removeAppender(lines);
            Configurator.setRootLevel(usual);
        }

        assertThat(lines.messages).anyMatch(message -> message.contains("GET /v1/models/street/versions/1: "));
        assertThat(lines.messages).noneMatch(message -> message.chars().anyMatch(Character::isISOControl));
        assertThat(lines.messages).noneMatch(message -> message.contains("forged"));
    }

    private static final class Lines extends AbstractAppender {
        private final List<String> messages = new CopyOnWriteArrayList<>();

        Lines() {
            super("lines", null, null, true, Property.EMPTY_ARRAY);
            start();
        }

        @Override
        public void append(LogEvent event) {
            messages.add(event.getMessage().getFormattedMessage());
        }
    }
}
