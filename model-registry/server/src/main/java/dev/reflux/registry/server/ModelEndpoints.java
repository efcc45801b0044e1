package dev.reflux.registry.server;

import dev.reflux.registry.store.ModelRegistry;
import dev.reflux.registry.store.VehicleReport;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The operations of models: their names, and the regressions that vehicles report of them. */
final class ModelEndpoints {

    private static final int CREATED = 201;
    private static final int FORBIDDEN = 403;
    private static final int TOO_MANY = 429;

    private final ModelRegistry registry;
    private final StoreQueries queries;
    private final ReportRates rates;

    ModelEndpoints(ModelRegistry registry, StoreQueries queries, ReportRates rates) {
        this.registry = registry;
        this.queries = queries;
        this.rates = rates;
    }

    /** Binds the handlers to their operations. */
    void bindTo(ApiOperations operations) {
        operations.bind("listModels", this::list);
        operations.bind("reportRegression", this::report);
    }

    private void list(ApiRequest request) {
        int limit = request.limit();
        String after = request.query("after").orElse("");
        queries.answer(request.context(), () -> registry.catalog().models(after, limit + 1), models -> {
            Page<String> page = Page.of(models, limit).linkedFrom(request, "after", name -> name);
            JsonAnswers.ok(request.context(), Map.of("models", page.items()));
        });
    }

    private void report(ApiRequest request) {
        Tokens.Holder holder = request.holder();
        JsonObject body = request.body();
        String vehicle = body.getString("vehicle");
        if (!holder.reportsFor(vehicle)) {
            JsonAnswers.error(
                    request.context(),
                    FORBIDDEN,
                    "The token of " + holder.name() + " is for the vehicle " + holder.vehicle()
                            + "; report with the token of the vehicle itself.");
            return;
        }
        OptionalLong retrySeconds = rates.take(holder.name());
        if (retrySeconds.isPresent()) {
            request.context().response().putHeader("Retry-After", String.valueOf(retrySeconds.getAsLong()));
            JsonAnswers.error(
                    request.context(),
                    TOO_MANY,
                    holder.name() + " reports too often; try again in " + retrySeconds.getAsLong() + " seconds.");
            return;
        }
        String model = request.path("model");
        VehicleReport report = new VehicleReport(
                holder.name(),
                vehicle,
                body.getLong("version"),
                body.getString("metric"),
                body.getDouble("value"),
                body.getDouble("least"));
        queries.answer(
                request.context(),
                () -> registry.reader().manifest(model, report.version()).isPresent()
                        ? Optional.of(registry.reports(model).add(report))
                        : Optional.<Boolean>empty(),
                recorded -> recorded.ifPresentOrElse(
                        first -> JsonAnswers.send(request.context(), CREATED, Map.of("recorded", first)),
                        () -> JsonAnswers.notFound(
                                request.context(), model + " has no version " + report.version() + " to report of.")));
    }
}
