package dev.reflux.registry.server;

import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;

/**
 * A route of the API, as its OpenAPI document names it.
 *
 * @param method in capitals
 * @param path with {parameters}
 * @param role who may
 * @param handler on the event loop
 */
record Route(String method, String path, Role role, Handler<RoutingContext> handler) {

    /** The path as Vert.x writes it. */
    String pattern() {
        return path.replaceAll("\\{(\\w+)}", ":$1");
    }
}
