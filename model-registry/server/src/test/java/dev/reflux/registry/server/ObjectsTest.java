package dev.reflux.registry.server;

import static dev.reflux.registry.server.ServedRegistry.READER;
import static dev.reflux.registry.server.ServedRegistry.assertError;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.registry.Artifact;
import dev.reflux.registry.ModelRegistry;
import dev.reflux.registry.StudentVersion;
import dev.reflux.registry.store.HttpStore;
import dev.reflux.registry.store.StoreException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The registry's bucket for vehicles, which have a token and no keys. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ObjectsTest {

    private ServedRegistry served;
    private String model;

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
    }

    @Test
    void givenAVehicleWithAToken_whenItReadsTheRegistry_thenItSeesWhatTheStoreHas() {
        ModelRegistry registry = served.registry();
        registry.deltas().add(model, 1, 2);
        try (ModelRegistry remote = remote(READER)) {
            StudentVersion latest = remote.require(model, "latest");

            assertThat(latest).isEqualTo(registry.require(model, "latest"));
            assertThat(served.candidates().contentOf(remote, latest)).isEqualTo("2");
            assertThat(remote.versions(model, 1)).hasSize(2);
            assertThat(remote.deltas().list(model)).isEqualTo(registry.deltas().list(model));
            assertThat(remote.resolve(model, "99")).isEmpty();
            assertThat(remote.models()).contains(model);
        }
    }

    @Test
    void givenAVehicleWithAToken_whenItWrites_thenItIsRefusedAndNothingIsLost() {
        try (ModelRegistry remote = remote(READER)) {
            assertThatThrownBy(() -> remote.alias(model, "mine", 1))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("is for reading only here");

            StudentVersion latest = served.registry().require(model, "latest");
            assertThat(served.store().read(latest.blob(Artifact.STUDENT).key())).isPresent();
        }
    }

    @Test
    void givenAStrangersToken_whenItReads_thenTheErrorAsksToCheckTheToken() {
        try (ModelRegistry stranger = remote("no")) {
            assertThatThrownBy(() -> stranger.resolve(model, "latest"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("401")
                    .hasMessageContaining("check the token");
        }
    }

    private ModelRegistry remote(String token) {
        return new ModelRegistry(new HttpStore(served.server().address(), token), Clock.systemUTC());
    }

    @Test
    void givenTheWritersFolder_whenAReaderAsksForIt_thenItIsNotThere() throws Exception {
        HttpResponse<String> answer = served.get("/v1/objects/" + model + "/writers/00000001.json", READER);

        assertError(404, "\"folder\" must be blobs, versions, aliases, deltas, tags or removed", answer);
        assertThat(served.store().read(model + "/writers/00000001.json")).isPresent();
    }

    @Test
    void givenTheWritersFolder_whenObjectsAreListed_thenItIsLeftOut() throws Exception {
        HttpResponse<String> answer = served.get("/v1/objects?prefix=" + model + "/", READER);

        assertThat(served.json(answer).path("objects"))
                .extracting(object -> object.path("key").asText())
                .contains(model + "/versions/00000001/manifest.json")
                .noneMatch(key -> key.contains("/writers/"));
        assertThat(served.store().list(model + "/writers/")).isNotEmpty();
    }

    @Test
    void givenNoSuchObject_whenAsked_thenTheAnswerNamesIt() throws Exception {
        HttpResponse<String> answer = served.get("/v1/objects/" + model + "/removed/00000009.json", READER);

        assertError(404, "There is no object \"" + model + "/removed/00000009.json\".", answer);
    }
}
