package dev.reflux.registry.server;

import dev.reflux.registry.store.ObjectStore;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;

/** Redirects to addresses at which the object store serves a file without a token. */
final class SignedAddresses {

    private static final int TEMPORARY_REDIRECT = 307;

    private final ObjectStore store;
    private final StoreQueries queries;
    private final Duration valid;

    SignedAddresses(ObjectStore store, StoreQueries queries, Duration valid) {
        this.store = store;
        this.queries = queries;
        this.valid = valid;
    }

    /** Redirects to an object, whether it exists or not. */
    void redirect(RoutingContext at, String key) {
        queries.answer(at, () -> store.presign(key, valid), address -> at.response()
                .setStatusCode(TEMPORARY_REDIRECT)
                .putHeader("Location", address.toString())
                .putHeader("Cache-Control", "no-store")
                .end());
    }
}
