package dev.reflux.registry.server;

import dev.reflux.common.failure.UsageException;
import dev.reflux.registry.client.StoreException;
import io.vertx.ext.web.RoutingContext;
import io.vertx.openapi.validation.ValidatorException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers failed requests with a status and one sentence, and logs those that are not the client's fault. */
final class ApiErrors {

    private static final Logger LOG = LoggerFactory.getLogger(ApiErrors.class);

    private final InvalidRequest invalid;

    ApiErrors(InvalidRequest invalid) {
        this.invalid = invalid;
    }

    /** Answers 400 to a path with a broken escape, on which the router itself would fail. */
    void refuseBrokenPath(RoutingContext at) {
        try {
            at.normalizedPath();
        } catch (IllegalArgumentException e) {
            JsonAnswers.error(at, 400, "The path has a broken escape; write \"%\" and two hexadecimal digits.");
            return;
        }
        at.next();
    }

    /** Answers a request that failed, unless its connection is closed. */
    void answer(RoutingContext at) {
        Throwable failure = at.failure();
        if (at.response().closed()) {
            return;
        }
        if (at.response().headWritten()) {
            LOG.warn(
                    "{} {} failed after its answer began",
                    at.request().method(),
                    at.request().path(),
                    failure);
        } else if (failure != null && failure.getCause() instanceof ValidatorException refusal) {
            answer(at, refusal);
        } else if (failure instanceof UsageException) {
            JsonAnswers.error(at, 400, String.valueOf(failure.getMessage()));
        } else if (failure instanceof StoreException) {
            LOG.warn("{} {}: {}", at.request().method(), at.request().path(), failure.getMessage());
            JsonAnswers.error(at, 503, "The store behind the registry does not answer; try again.");
        } else {
            answer(at, at.statusCode());
        }
    }

    private void answer(RoutingContext at, ValidatorException refusal) {
        InvalidRequest.Answer answer = invalid.answer(at, refusal);
        JsonAnswers.error(at, answer.status(), answer.sentence());
    }

    /** Answers a request with a failed status. */
    static void answer(RoutingContext at, int status) {
        switch (status) {
            case 401 -> {
                at.response().putHeader("WWW-Authenticate", "Bearer");
                JsonAnswers.error(at, status, "This needs a token: Authorization: Bearer TOKEN.");
            }
            case 403 -> JsonAnswers.error(at, status, forbidden(at));
            case 404 -> JsonAnswers.error(at, status, "There is no such path; see /v1/openapi.json.");
            case 405 ->
                JsonAnswers.error(
                        at, status, at.request().method() + " is not a method of this path; see /v1/openapi.json.");
            case 413 ->
                JsonAnswers.error(
                        at,
                        status,
                        "The body is longer than " + ApiRouter.LONGEST_BODY + " bytes; send a shorter one.");
            default -> fault(at, status);
        }
    }

    private static void fault(RoutingContext at, int status) {
        if (status >= 400 && status < 500) {
            JsonAnswers.error(at, status, "The request cannot be served (HTTP " + status + "); see /v1/openapi.json.");
        } else {
            LOG.error("{} {} failed", at.request().method(), at.request().path(), at.failure());
            JsonAnswers.error(at, 500, "The registry is damaged or has a defect; its log says what failed.");
        }
    }

    private static String forbidden(RoutingContext at) {
        Role needed = ApiRequest.operation(at).flatMap(ApiContract::role).orElse(Role.ADMIN);
        return at.user().subject() + " may not do this; use a token with the role " + needed.text() + ".";
    }
}
