package dev.reflux.registry.server;

import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.contract.Parameter;
import io.vertx.openapi.validation.RequestParameter;
import io.vertx.openapi.validation.ValidatedRequest;
import java.util.Map;
import java.util.Optional;

/**
 * A request that satisfies the contract. Handlers read it and never the {@link RoutingContext}'s own parameters, which
 * nothing has checked.
 */
final class ApiRequest {

    private static final String OPERATION = "operation";

    private final RoutingContext at;
    private final ValidatedRequest valid;

    ApiRequest(RoutingContext at) {
        this.at = at;
        // A request may wait for minutes, and its context with it: what only the checks needed goes.
        this.valid = at.remove(RouterBuilder.KEY_META_DATA_VALIDATED_REQUEST);
        ApiOperations.forget(at);
    }

    /** Notes the operation that a request's method and path select. */
    static void select(RoutingContext at, Operation operation) {
        at.put(OPERATION, operation);
    }

    /** Returns the operation that was selected; empty for a path or method that the contract does not have. */
    static Optional<Operation> operation(RoutingContext at) {
        return Optional.ofNullable(at.get(OPERATION));
    }

    /** Returns the context to answer with. */
    RoutingContext context() {
        return at;
    }

    /** Returns the holder of the token. */
    Tokens.Holder holder() {
        return TokenAuthentication.holderOf(at.user());
    }

    /** Returns a parameter of the path, decoded. */
    String path(String name) {
        return value(valid.getPathParameters(), name).orElseThrow().getString();
    }

    /** Returns a parameter of the query. */
    Optional<String> query(String name) {
        return value(valid.getQuery(), name).map(RequestParameter::getString);
    }

    /** Returns a number of the query, or the contract's default. */
    long number(String name) {
        return number(valid.getQuery(), name);
    }

    /** Returns the longest page that the client wants. */
    int limit() {
        return Math.toIntExact(number("limit"));
    }

    /** Returns a number of the header, or the contract's default. */
    long headerNumber(String name) {
        return number(valid.getHeaders(), name);
    }

    private long number(Map<String, RequestParameter> values, String name) {
        return value(values, name).map(RequestParameter::getLong).orElseGet(() -> defaultOf(name));
    }

    private long defaultOf(String name) {
        Parameter parameter = operation(at).orElseThrow().getParameters().stream()
                .filter(one -> one.getName().equals(name))
                .findFirst()
                .orElseThrow();
        return parameter.getSchema().<Number>get("default").longValue();
    }

    /** Returns the body; an empty object when there is none. */
    JsonObject body() {
        return valid.getBody() == null || valid.getBody().isNull()
                ? new JsonObject()
                : valid.getBody().getJsonObject();
    }

    private static Optional<RequestParameter> value(Map<String, RequestParameter> values, String name) {
        return Optional.ofNullable(values.get(name)).filter(value -> !value.isNull());
    }
}
