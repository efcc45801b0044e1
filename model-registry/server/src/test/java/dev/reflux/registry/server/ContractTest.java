package dev.reflux.registry.server;

import static dev.reflux.registry.server.ServedRegistry.ADMIN;
import static dev.reflux.registry.server.ServedRegistry.NOBODY;
import static dev.reflux.registry.server.ServedRegistry.READER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.registry.format.Artifact;
import io.vertx.openapi.contract.Location;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.contract.Parameter;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Provokes every answer that the contract has; {@link ServedRegistry} checks each against its schema. */
@Timeout(120)
class ContractTest {

    /** By the request that {@link #request} makes of an operation: its status when nothing is wrong. */
    private static final Map<String, Integer> SUCCESS = Map.of(
            "getArtifact", 307,
            "reportRegression", 201,
            "removeTag", 204);

    private ServedRegistry served;
    private String model;

    @BeforeEach
    void open(@TempDir Path directory) throws Exception {
        served = ServedRegistry.start(directory);
        model = served.publishTwo();
        served.store().create(model + "/removed/00000009.json", bytes());
    }

    @AfterEach
    void close() throws Exception {
        served.close();
    }

    @Test
    void givenAnOperation_whenAskedWell_thenTheAnswerIsTheDescribedSuccess() throws Exception {
        for (Operation operation : ordinary()) {
            HttpResponse<String> answer = send(operation, path(operation), ADMIN, body(operation));

            assertThat(answer.statusCode())
                    .as(operation.getOperationId())
                    .isEqualTo(SUCCESS.getOrDefault(operation.getOperationId(), 200));
        }
    }

    @Test
    void givenEveryDescribedStatus_whenProvoked_thenEachIsSeenAndNoOther() throws Exception {
        for (Operation operation : ordinary()) {
            provoke(operation);
        }
        redirectOfAnObject();
        notModified();
        reportsThatAreRefused();
        damaged();
        served.endStore();
        for (Operation operation : ordinary()) {
            send(operation, path(operation), ADMIN, body(operation));
        }
        served.send("POST", "/v1/models/" + model + "/reports", READER, report("car-1", 2));

        Set<String> described = new TreeSet<>();
        for (Operation operation : ordinary()) {
            operation.getOpenAPIModel().getJsonObject("responses").fieldNames().stream()
                    .filter(status -> status.matches("\\d+"))
                    .forEach(status -> described.add(operation.getOperationId() + " " + status));
        }
        // Damage shows where a sealed object is read. These read none, or pass it on unread.
        described.removeAll(Set.of("listModels 500", "listObjects 500", "getObject 500", "getGroupedObject 500"));
        assertThat(served.contract().seen()).isEqualTo(described);
    }

    private void provoke(Operation operation) throws Exception {
        send(operation, path(operation), ADMIN, body(operation));
        if (ApiContract.role(operation).isPresent()) {
            send(operation, path(operation), NOBODY, body(operation));
        }
        if (ApiContract.role(operation).equals(Optional.of(Role.ADMIN))) {
            send(operation, path(operation), READER, body(operation));
        }
        for (Parameter parameter : operation.getParameters()) {
            if (parameter.getIn() == Location.PATH) {
                String name = "{" + parameter.getName() + "}";
                String wrong = path(operation.getOpenAPIPath().replace(name, "Wrong%20Name"));
                send(operation, wrong, ADMIN, body(operation));
            } else if (parameter.getIn() == Location.QUERY) {
                send(operation, path(operation) + "?" + parameter.getName() + "=%20", ADMIN, null);
            } else if (parameter.getName().equals("Last-Event-ID")) {
                served.send(served.request("GET", path(operation), ADMIN, null)
                        .header(parameter.getName(), "x")
                        .build());
            }
        }
        if (operation.getRequestBody() != null) {
            send(operation, path(operation), ADMIN, "[]");
            send(operation, path(operation), ADMIN, "x".repeat(ApiRouter.LONGEST_BODY + 1));
            served.send(served.request(operation.getHttpMethod().name(), path(operation), ADMIN, "x")
                    .header("Content-Type", "text/plain")
                    .build());
        }
    }

    private void redirectOfAnObject() throws Exception {
        String blob = served.registry()
                .reader()
                .require(model, "latest")
                .blob(Artifact.CARD)
                .key();
        HttpResponse<String> answer = served.get("/v1/objects/" + blob, READER);
        assertThat(answer.statusCode()).isEqualTo(307);
    }

    private void notModified() throws Exception {
        for (String path : List.of("/versions/latest", "/aliases/latest")) {
            String tag = served.get("/v1/models/" + model + path, READER)
                    .headers()
                    .firstValue("etag")
                    .orElseThrow();
            HttpResponse<String> answer = served.send(served.request("GET", "/v1/models/" + model + path, READER, null)
                    .header("If-None-Match", tag)
                    .build());
            assertThat(answer.statusCode()).isEqualTo(304);
        }
    }

    private void reportsThatAreRefused() throws Exception {
        String path = "/v1/models/" + model + "/reports";
        assertThat(served.send("POST", path, READER, report("truck-1", 2)).statusCode())
                .isEqualTo(403);
        int last = 0;
        for (int i = 0; i <= ReportRates.MOST; i++) {
            last = served.send("POST", path, ADMIN, report("car-1", 2)).statusCode();
        }
        assertThat(last).isEqualTo(429);
    }

    /** Puts unsealed bytes where the next operations read sealed ones. */
    private void damaged() throws Exception {
        for (String key :
                List.of("/versions/00000003/manifest.json", "/aliases/latest/%08d.json", "/tags/00000002/%08d.json")) {
            for (int number = 1;
                    !served.store().create(model + String.format(Locale.ROOT, key, number), bytes());
                    number++) {
                assertThat(number).isLessThan(100);
            }
        }
        served.send("POST", "/v1/models/" + model + "/reports", READER, report("car-1", 3));
        for (Operation operation : ordinary()) {
            send(operation, path(operation), ADMIN, body(operation));
            send(operation, path(operation).replace("/2/", "/3/").replace("/2", "/3"), ADMIN, body(operation));
        }
    }

    private static byte[] bytes() {
        return "{\"damaged\":true}".getBytes(StandardCharsets.UTF_8);
    }

    private List<Operation> ordinary() {
        List<Operation> operations = new ArrayList<>(ContractCheck.contract().operations());
        operations.removeIf(operation -> operation.getOperationId().equals("streamAliasEvents"));
        operations.sort(Comparator.comparing(Operation::getOperationId));
        return operations;
    }

    private String path(Operation operation) {
        return path(operation.getOpenAPIPath());
    }

    private String path(String template) {
        return template.replace("{model}", model)
                .replace("{version}", "2")
                .replace("{artifact}", "student.pt")
                .replace("{tag}", "weather")
                .replace("{alias}", "latest")
                .replace("{folder}/{name}", "removed/00000009.json")
                .replace("{folder}", "versions")
                .replace("{group}", "00000001")
                .replace("{name}", "manifest.json");
    }

    private static @Nullable String body(Operation operation) {
        return switch (operation.getOperationId()) {
            case "setTag" -> "{\"value\":\"fog\"}";
            case "setAlias" -> "{\"version\":2}";
            case "rollBackAlias" -> "{\"version\":1}";
            case "reportRegression" -> report("car-1", 2);
            default -> null;
        };
    }

    private static String report(String vehicle, long version) {
        return "{\"vehicle\":\"" + vehicle + "\",\"version\":" + version
                + ",\"metric\":\"agreement\",\"value\":0.4,\"least\":0.8}";
    }

    private HttpResponse<String> send(Operation operation, String path, String token, @Nullable String body)
            throws Exception {
        return served.send(operation.getHttpMethod().name(), path, token, body);
    }
}
