package dev.reflux.registry.server;

import dev.reflux.common.meters.Meter;
import dev.reflux.common.meters.Meters;
import io.vertx.ext.web.RoutingContext;
import io.vertx.openapi.contract.Operation;
import java.util.concurrent.TimeUnit;

/** Times every request by the path template of its operation and by its status. */
final class RequestMetrics {

    private static final String NO_OPERATION = "none";

    private final Meters meters;

    RequestMetrics(Meters meters) {
        this.meters = meters;
    }

    /** Starts the timer of a request. */
    void time(RoutingContext at) {
        long began = System.nanoTime();
        at.addEndHandler(answered -> {
            String path =
                    ApiRequest.operation(at).map(Operation::getOpenAPIPath).orElse(NO_OPERATION);
            String status = String.valueOf(at.response().getStatusCode());
            meters.timer(Meter.REGISTRY_REQUESTS, path, status).record(System.nanoTime() - began, TimeUnit.NANOSECONDS);
        });
        at.next();
    }
}
