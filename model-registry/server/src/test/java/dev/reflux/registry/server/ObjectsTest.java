package dev.reflux.registry.server;

import static dev.reflux.registry.server.ServedRegistry.READER;
import static dev.reflux.registry.server.ServedRegistry.assertError;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.registry.client.HttpObjectSource;
import dev.reflux.registry.client.RegistryReader;
import dev.reflux.registry.client.StoreException;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.store.ModelRegistry;
import dev.reflux.registry.store.RegistryCatalog;
import java.net.http.HttpResponse;
import java.nio.file.Path;
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
        try (HttpObjectSource source = source(READER)) {
            RegistryReader remote = new RegistryReader(source);
            RegistryCatalog catalog = new RegistryCatalog(source);

            StudentVersion latest = remote.require(model, "latest");

            assertThat(latest).isEqualTo(registry.reader().require(model, "latest"));
            assertThat(served.candidates().contentOf(remote, latest)).isEqualTo("2");
            assertThat(catalog.versions(model, 1)).hasSize(2);
            assertThat(remote.deltas().list(model))
                    .isEqualTo(registry.reader().deltas().list(model));
            assertThat(remote.resolve(model, "99")).isEmpty();
            assertThat(catalog.models()).contains(model);
        }
    }

    @Test
    void givenAStrangersToken_whenItReads_thenTheErrorAsksToCheckTheToken() {
        try (HttpObjectSource stranger = source("no")) {
            assertThatThrownBy(() -> new RegistryReader(stranger).resolve(model, "latest"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("401")
                    .hasMessageContaining("check the token");
        }
    }

    private HttpObjectSource source(String token) {
        return new HttpObjectSource(served.server().address(), token);
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
