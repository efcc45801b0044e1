package dev.reflux.registry.server;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * Runs calls of the store, which block, on worker threads of their own: while the store is slow, requests that need no
 * store are still validated and answered. The event loop's thread only.
 */
final class StoreQueries {

    private static final int THREADS = 8;

    private final WorkerExecutor workers;

    StoreQueries(Vertx vertx) {
        this.workers = vertx.createSharedWorkerExecutor("store", THREADS);
    }

    /** Runs a query; the result arrives on the event loop. */
    <T> Future<T> run(Callable<T> query) {
        return workers.executeBlocking(query, false);
    }

    /** Runs a query of a request and answers with its result; fails the request when either fails. */
    <T> void answer(RoutingContext at, Callable<T> query, Consumer<T> answer) {
        run(query)
                .map(found -> {
                    answer.accept(found);
                    return found;
                })
                .onFailure(at::fail);
    }
}
