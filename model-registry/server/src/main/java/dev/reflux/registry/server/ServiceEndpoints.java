package dev.reflux.registry.server;

import java.util.Map;
import java.util.TreeMap;

/** The operations of the server itself. */
final class ServiceEndpoints {

    private final AliasSubscriptions subscriptions;

    ServiceEndpoints(AliasSubscriptions subscriptions) {
        this.subscriptions = subscriptions;
    }

    /** Binds the handlers to their operations. */
    void bindTo(ApiOperations operations) {
        operations.bind("getHealth", this::health);
        operations.bind("getOpenApi", this::document);
    }

    private void health(ApiRequest request) {
        JsonAnswers.ok(request.context(), new TreeMap<>(Map.of("status", "up", "watchers", subscriptions.count())));
    }

    private void document(ApiRequest request) {
        JsonAnswers.sendText(request.context(), 200, ApiContract.document());
    }
}
