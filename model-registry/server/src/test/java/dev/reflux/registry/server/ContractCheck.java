package dev.reflux.registry.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.validation.ResponseValidator;
import io.vertx.openapi.validation.ValidatableResponse;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;

/**
 * Checks answers against the contract, made strict: an object may have only the properties that its schema names. Any
 * thread.
 */
final class ContractCheck {

    private static final Vertx VERTX = Vertx.vertx();
    private static final OpenAPIContract CONTRACT =
            join(ApiContract.load(VERTX, strict(new JsonObject(ApiContract.document()))));
    private static final ResponseValidator VALIDATOR = ResponseValidator.create(VERTX, CONTRACT);

    private final Set<String> seen = new ConcurrentSkipListSet<>();

    private static <T> T join(io.vertx.core.Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(
                    e.getCause() == null ? e.toString() : e.getCause().getMessage(), e);
        }
    }

    private static JsonObject strict(JsonObject schema) {
        schema.forEach(entry -> {
            if (entry.getValue() instanceof JsonObject object) {
                strict(object);
            } else if (entry.getValue() instanceof JsonArray array) {
                array.stream().filter(JsonObject.class::isInstance).forEach(object -> strict((JsonObject) object));
            }
        });
        boolean closes = "object".equals(schema.getValue("type"))
                && schema.getValue("properties") instanceof JsonObject
                && !schema.containsKey("additionalProperties");
        return closes ? schema.put("additionalProperties", false) : schema;
    }

    static OpenAPIContract contract() {
        return CONTRACT;
    }

    /** Returns each operation and status of which an answer was checked, such as "getAlias 404". */
    Set<String> seen() {
        return new TreeSet<>(seen);
    }

    /** Fails unless the contract describes the answer: its status, its headers and its body. */
    void check(HttpResponse<String> answer) {
        Operation operation = CONTRACT.findOperation(
                answer.request().uri().getRawPath(),
                HttpMethod.valueOf(answer.request().method()));
        if (operation == null) {
            assertThat(answer.statusCode()).isIn(400, 404, 405);
            assertThat(new JsonObject(answer.body()).fieldNames()).containsExactly("error");
            return;
        }
        Map<String, String> headers = new HashMap<>();
        answer.headers().map().forEach((name, values) -> headers.put(name, values.get(0)));
        join(VALIDATOR.validate(
                ValidatableResponse.create(
                        answer.statusCode(),
                        headers,
                        Buffer.buffer(answer.body()),
                        answer.headers().firstValue("content-type").orElse("")),
                operation.getOperationId()));
        boolean described =
                !operation.getResponse(answer.statusCode()).getContent().isEmpty();
        assertThat(!answer.body().isEmpty()).as("a body, as described").isEqualTo(described);
        seen.add(operation.getOperationId() + " " + answer.statusCode());
    }
}
