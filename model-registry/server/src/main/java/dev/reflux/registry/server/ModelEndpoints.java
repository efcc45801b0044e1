package dev.reflux.registry.server;

import dev.reflux.registry.store.ModelRegistry;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/** The operations of models: their names, and the regressions that vehicles report of them. */
final class ModelEndpoints {

    private static final int CREATED = 201;

    private final ModelRegistry registry;
    private final StoreQueries queries;

    ModelEndpoints(ModelRegistry registry, StoreQueries queries) {
        this.registry = registry;
        this.queries = queries;
    }

    /** Binds the handlers to their operations. */
    void bindTo(ApiOperations operations) {
        operations.bind("listModels", this::list);
        operations.bind("reportRegression", this::report);
    }

    private void list(ApiRequest request) {
        queries.answer(request.context(), registry.catalog()::models, models -> {
            Page<String> page = Page.after(request, models, name -> name).linkedFrom(request, "after", name -> name);
            JsonAnswers.ok(request.context(), Map.of("models", page.items()));
        });
    }

    private void report(ApiRequest request) {
        JsonObject body = request.body();
        Map<String, Object> report = Map.of(
                "vehicle", body.getString("vehicle"),
                "version", body.getLong("version"),
                "metric", body.getString("metric"),
                "value", body.getDouble("value"),
                "least", body.getDouble("least"));
        queries.answer(
                request.context(),
                () -> registry.journal(request.path("model"), "reports").append(report),
                number -> JsonAnswers.send(request.context(), CREATED, Map.of("number", number)));
    }
}
