package dev.reflux.registry.server;

import static dev.reflux.registry.server.ServedRegistry.ADMIN;
import static dev.reflux.registry.server.ServedRegistry.READER;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reflux.registry.client.HttpObjectSource;
import io.vertx.openapi.contract.Operation;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every list has a limit and pages. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PageTest {

    private static final Pattern NEXT = Pattern.compile("<([^>]+)>; rel=\"next\"");

    private ServedRegistry served;
    private String model;

    @BeforeAll
    void open(@TempDir Path directory) throws Exception {
        served = ServedRegistry.start(directory);
        served.publishTwo();
        served.publishTwo();
        model = served.publishTwo();
        served.publish();
        for (String alias : List.of("bronze", "gold", "silver")) {
            served.registry().aliases().point(model, alias, 1, "test", "");
            served.send("PUT", "/v1/models/" + model + "/versions/1/tags/" + alias, ADMIN, "{\"value\":\"x\"}");
        }
    }

    @AfterAll
    void close() throws Exception {
        served.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/models",
                "/v1/models/{model}/versions",
                "/v1/models/{model}/versions/1/tags",
                "/v1/models/{model}/aliases",
                "/v1/models/{model}/aliases/latest/history",
                "/v1/objects?prefix={model}/versions/",
            })
    void givenAList_whenItsPagesAreFollowed_thenTogetherTheyAreTheWholeListAndEachHasItsLimit(String list)
            throws Exception {
        String path = list.replace("{model}", model);
        List<String> whole = items(served.get(path, READER));
        List<String> paged = new ArrayList<>();
        Optional<String> page = Optional.of(path + (path.contains("?") ? "&" : "?") + "limit=2");

        while (page.isPresent()) {
            HttpResponse<String> answer = served.get(page.get(), READER);
            assertThat(items(answer)).hasSizeLessThanOrEqualTo(2);
            paged.addAll(items(answer));
            page = next(answer);
        }

        assertThat(whole).hasSizeGreaterThanOrEqualTo(3);
        assertThat(paged).isEqualTo(whole);
    }

    @Test
    void givenAListAsLongAsItsLimit_whenAsked_thenNoNextPageIsAnnounced() throws Exception {
        HttpResponse<String> answer = served.get("/v1/models/" + model + "/versions?limit=3", READER);

        assertThat(items(answer)).hasSize(3);
        assertThat(next(answer)).isEmpty();
    }

    @Test
    void givenTheContract_whenItsListsAreCounted_thenEachHasALimitOf100() {
        List<Operation> lists = ContractCheck.contract().operations().stream()
                .filter(operation -> operation.getOperationId().startsWith("list"))
                .toList();

        assertThat(lists).hasSize(6).allSatisfy(operation -> assertThat(operation.getParameters())
                .filteredOn(parameter -> parameter.getName().equals("limit"))
                .singleElement()
                .satisfies(limit -> {
                    assertThat(limit.getSchema().<Integer>get("default")).isEqualTo(100);
                    assertThat(limit.getSchema().<Integer>get("maximum")).isEqualTo(1000);
                }));
    }

    @Test
    @Timeout(240)
    void givenMoreObjectsThanAPageHolds_whenAClientListsThem_thenItFollowsThePages() {
        for (int i = 0; i < 1_005; i++) {
            served.store()
                    .create(
                            String.format(Locale.ROOT, "crowded/tags/00000001/%08d.json", i),
                            "{}".getBytes(StandardCharsets.UTF_8));
        }

        int listed = new HttpObjectSource(served.server().address(), READER)
                .list("crowded/tags/")
                .size();

        assertThat(listed).isEqualTo(1_005);
    }

    private static Optional<String> next(HttpResponse<String> answer) {
        return answer.headers()
                .firstValue("link")
                .map(NEXT::matcher)
                .filter(Matcher::matches)
                .map(link -> link.group(1));
    }

    private List<String> items(HttpResponse<String> answer) throws Exception {
        JsonNode body = served.json(answer);
        JsonNode list = body.elements().next();
        return list.isArray()
                ? StreamSupport.stream(list.spliterator(), false)
                        .map(JsonNode::toString)
                        .toList()
                : body.properties().stream().map(String::valueOf).toList();
    }
}
