package dev.reflux.registry.server;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.ext.web.RoutingContext;
import io.vertx.json.schema.JsonSchema;
import io.vertx.openapi.contract.Location;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.contract.Parameter;
import io.vertx.openapi.contract.RequestBody;
import io.vertx.openapi.validation.RequestParameter;
import io.vertx.openapi.validation.ValidatableRequest;
import io.vertx.openapi.validation.ValidatorErrorType;
import io.vertx.openapi.validation.ValidatorException;
import java.util.Objects;
import java.util.Optional;

/**
 * The answer to a request that violates the contract: a status and a sentence that names the parameter or the body and
 * says, in the words of the contract's schema, what it must be. The validator's exception does not name the parameter.
 */
final class InvalidRequest {

    private static final String JSON_TYPE = "application/json";
    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;
    private static final int UNSUPPORTED_MEDIA_TYPE = 415;

    /**
     * An answer.
     *
     * @param status HTTP status
     * @param sentence one sentence for the client
     */
    record Answer(int status, String sentence) {}

    private final OpenAPIContract contract;

    InvalidRequest(OpenAPIContract contract) {
        this.contract = contract;
    }

    /** Returns the answer to a request that the contract's validator refused. */
    Answer answer(RoutingContext at, ValidatorException refusal) {
        Operation operation = ApiRequest.operation(at).orElseThrow();
        return ApiOperations.unchecked(at)
                .flatMap(request -> ofParameters(operation, request))
                .or(() -> Optional.ofNullable(operation.getRequestBody()).map(body -> ofBody(at, body, refusal.type())))
                .orElseGet(() -> new Answer(BAD_REQUEST, "The request is not valid; see /v1/openapi.json."));
    }

    private Optional<Answer> ofParameters(Operation operation, ValidatableRequest request) {
        for (Parameter parameter : operation.getParameters()) {
            Optional<String> value = value(request, parameter);
            if (value.isPresent() && !satisfies(value.get(), parameter)) {
                return Optional.of(new Answer(
                        parameter.getIn() == Location.PATH ? NOT_FOUND : BAD_REQUEST,
                        "\"" + parameter.getName() + "\" must be " + description(parameter.getSchema()) + ", not \""
                                + value.get() + "\"."));
            }
        }
        return Optional.empty();
    }

    private static Optional<String> value(ValidatableRequest request, Parameter parameter) {
        RequestParameter value =
                switch (parameter.getIn()) {
                    case PATH -> request.getPathParameters().get(parameter.getName());
                    case QUERY -> request.getQuery().get(parameter.getName());
                    case HEADER -> request.getHeaders().get(parameter.getName());
                    case COOKIE -> request.getCookies().get(parameter.getName());
                };
        return value == null || value.isNull() ? Optional.empty() : Optional.of(value.getString());
    }

    private boolean satisfies(String value, Parameter parameter) {
        return contract.getSchemaRepository()
                .validator(parameter.getSchema())
                .validate(
                        switch (parameter.getSchemaType()) {
                            case STRING -> value;
                            default -> decoded(value);
                        })
                .getValid();
    }

    private static Object decoded(String value) {
        try {
            return Json.decodeValue(value);
        } catch (DecodeException e) {
            return value;
        }
    }

    private static Answer ofBody(RoutingContext at, RequestBody body, ValidatorErrorType type) {
        String must = "must be "
                + description(
                        Objects.requireNonNull(body.getContent().get(JSON_TYPE)).getSchema()) + ".";
        return switch (type) {
            case UNSUPPORTED_VALUE_FORMAT ->
                new Answer(
                        UNSUPPORTED_MEDIA_TYPE,
                        "The body must have the content type " + JSON_TYPE + ", not \""
                                + at.request().getHeader("Content-Type") + "\".");
            case ILLEGAL_VALUE -> new Answer(BAD_REQUEST, "The body is not JSON; it " + must);
            case MISSING_REQUIRED_PARAMETER -> new Answer(BAD_REQUEST, "The request has no body; it " + must);
            default -> new Answer(BAD_REQUEST, "The body " + must);
        };
    }

    private static String description(JsonSchema schema) {
        return schema.get("description");
    }
}
