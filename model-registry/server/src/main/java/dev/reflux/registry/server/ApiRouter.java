package dev.reflux.registry.server;

import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;

/** The way of a request through the server: deadline, metrics, access, body, contract and handler. */
final class ApiRouter {

    /** Limit of a body, in bytes. */
    static final int LONGEST_BODY = 64 << 10;

    private ApiRouter() {}

    /** Returns a router that passes a request along the arguments in their order. */
    static Router of(
            Vertx vertx,
            RequestDeadlines deadlines,
            RequestMetrics metrics,
            Access access,
            ApiOperations operations,
            ApiErrors errors) {
        Router router = Router.router(vertx);
        router.route().handler(deadlines::received);
        router.route().handler(metrics::time);
        router.route().handler(errors::refuseBrokenPath);
        access.addTo(router);
        router.route().method(HttpMethod.PUT).method(HttpMethod.POST).handler(body());
        router.route().method(HttpMethod.PUT).method(HttpMethod.POST).handler(ApiRouter::assumeJson);
        router.route("/*").subRouter(operations.router());
        router.route().failureHandler(errors::answer);
        router.errorHandler(404, at -> ApiErrors.answer(at, 404));
        router.errorHandler(405, at -> ApiErrors.answer(at, 405));
        return router;
    }

    private static BodyHandler body() {
        return BodyHandler.create(false).setBodyLimit(LONGEST_BODY);
    }

    /** A body without a content type is JSON; the contract knows no other. */
    private static void assumeJson(RoutingContext at) {
        MultiMap headers = at.request().headers();
        if (!headers.contains("Content-Type")) {
            headers.set("Content-Type", "application/json");
        }
        at.next();
    }
}
