package dev.reflux.registry.server;

import static dev.reflux.registry.server.ServedRegistry.ADMIN;
import static dev.reflux.registry.server.ServedRegistry.NOBODY;
import static dev.reflux.registry.server.ServedRegistry.READER;
import static dev.reflux.registry.server.ServedRegistry.assertError;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reflux.registry.format.Manifest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Versions, their files and their tags. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VersionsTest {

    private ServedRegistry served;
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
        path = "/v1/models/" + served.publishTwo();
    }

    @Test
    void givenAVersion_whenAskedByAlias_thenItsEtagIsItsManifestsHash() throws Exception {
        HttpResponse<String> answer = served.get(path + "/versions/latest", READER);

        JsonNode version = served.json(answer);
        assertThat(version.path("version").asLong()).isEqualTo(2);
        assertThat(version.path("lineage").path("parentVersion").asLong()).isEqualTo(1);
        assertThat(answer.headers().firstValue("etag"))
                .contains("\""
                        + Manifest.sha256(served.registry()
                                .reader()
                                .require(version.path("model").asText(), "2"))
                        + "\"");
    }

    @Test
    void givenItsEtag_whenAVersionIsAskedAgain_thenNothingIsSent() throws Exception {
        String tag = served.get(path + "/versions/latest", READER)
                .headers()
                .firstValue("etag")
                .orElseThrow();

        HttpResponse<String> again = served.send(served.request("GET", path + "/versions/latest", READER, null)
                .header("If-None-Match", "\"other\", " + tag)
                .build());

        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
    }

    @Test
    void givenAnArtifact_whenAsked_thenASignedAddressGivesItsBytesWithoutAnyToken() throws Exception {
        HttpResponse<String> redirect = served.get(path + "/versions/2/artifacts/student.pt", READER);

        URI address = URI.create(redirect.headers().firstValue("location").orElseThrow());
        HttpResponse<String> bytes = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(redirect.statusCode()).isEqualTo(307);
        assertThat(bytes.body()).isEqualTo("student.pt 2");
    }

    @Test
    void givenNoSuchArtifact_whenAsked_thenTheAnswerNamesThoseThatThereAre() throws Exception {
        HttpResponse<String> answer = served.get(path + "/versions/2/artifacts/passwd", READER);

        assertError(
                404, "\"artifact\" must be student.pt, weights.safetensors or student.json, not \"passwd\".", answer);
    }

    @Test
    void givenNoSuchVersion_whenAsked_thenTheAnswerIs404() throws Exception {
        HttpResponse<String> answer = served.get(path + "/versions/17", READER);

        assertError(404, "has no version \"17\".", answer);
    }

    @Test
    void givenTwoTags_whenOneIsRemoved_thenTheOtherIsListed() throws Exception {
        served.send("PUT", path + "/versions/1/tags/weather", ADMIN, "{\"value\":\"fog\"}");
        served.send("PUT", path + "/versions/1/tags/city", ADMIN, "{\"value\":\"Ulm\"}");

        HttpResponse<String> removed = served.send("DELETE", path + "/versions/1/tags/city", ADMIN, null);

        assertThat(removed.statusCode()).isEqualTo(204);
        assertThat(served.get(path + "/versions/1/tags", READER).body()).isEqualTo("{\"weather\":\"fog\"}");
    }

    @Test
    void givenATag_whenItIsSet_thenTheAnswerIsTheTag() throws Exception {
        HttpResponse<String> set = served.send("PUT", path + "/versions/1/tags/weather", ADMIN, "{\"value\":\"rain\"}");

        assertThat(set.body()).isEqualTo("{\"weather\":\"rain\"}");
    }

    @Test
    void givenTwoVersions_whenAskedFromTheSecond_thenOneIsListed() throws Exception {
        HttpResponse<String> answer = served.get(path + "/versions?from=2", READER);

        assertThat(served.json(answer).path("versions")).singleElement().satisfies(version -> assertThat(
                        version.path("version").asLong())
                .isEqualTo(2));
    }

    @Test
    void givenNoToken_whenAnArtifactIsAsked_thenNoAddressIsSigned() throws Exception {
        HttpResponse<String> answer = served.get(path + "/versions/2/artifacts/student.pt", NOBODY);

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().firstValue("location")).isEmpty();
    }
}
