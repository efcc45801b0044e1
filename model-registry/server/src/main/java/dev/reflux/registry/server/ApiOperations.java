package dev.reflux.registry.server;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.openapi.router.OpenAPIRoute;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.validation.RequestUtils;
import io.vertx.openapi.validation.ValidatableRequest;
import java.util.Optional;

/** Binds a handler to each operation of the contract; a handler sees only requests that satisfy the contract. */
final class ApiOperations {

    private static final String UNCHECKED = "unchecked";

    private final RouterBuilder routes;

    ApiOperations(Vertx vertx, OpenAPIContract contract) {
        this.routes = RouterBuilder.create(vertx, contract, ApiOperations::extract);
    }

    private static Future<ValidatableRequest> extract(RoutingContext at, Operation operation) {
        return RequestUtils.extract(
                        at.request(),
                        operation,
                        () -> Future.succeededFuture(at.body().buffer()))
                .onSuccess(request -> at.put(UNCHECKED, request));
    }

    /** Returns a request as the validator received it; empty when it never did. */
    static Optional<ValidatableRequest> unchecked(RoutingContext at) {
        return Optional.ofNullable(at.get(UNCHECKED));
    }

    /** Drops what {@link #unchecked} returns. */
    static void forget(RoutingContext at) {
        at.remove(UNCHECKED);
    }

    /**
     * Binds the handler of an operation.
     *
     * @param operationId id in the contract
     * @param handler handler on the event loop; its exceptions fail the request
     */
    void bind(String operationId, Handler<ApiRequest> handler) {
        OpenAPIRoute route = routes.getRoute(operationId);
        if (route == null || !route.getHandlers().isEmpty()) {
            throw new IllegalStateException("operation " + operationId + " is not in the contract or bound already");
        }
        route.addHandler(at -> handler.handle(new ApiRequest(at)));
    }

    /**
     * Returns a router of all operations.
     *
     * @throws IllegalStateException when an operation has no handler
     */
    Router router() {
        for (OpenAPIRoute route : routes.getRoutes()) {
            Operation operation = route.getOperation();
            if (route.getHandlers().isEmpty()) {
                throw new IllegalStateException("operation " + operation.getOperationId() + " has no handler");
            }
            // Access has checked the token; the router would do so only after the body.
            route.setDoSecurity(false);
            // The validator runs on a worker; what has nothing to validate needs none.
            route.setDoValidation(!operation.getParameters().isEmpty() || operation.getRequestBody() != null);
        }
        return routes.createRouter();
    }
}
