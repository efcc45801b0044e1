package dev.reflux.registry.server;

import dev.reflux.registry.store.ObjectStore;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;

/** The operations of the store's objects, for clients that verify manifests and deltas themselves. */
final class ObjectEndpoints {

    private static final String BLOBS = "blobs";

    private final ObjectStore store;
    private final ReadableObjects readable;
    private final StoreQueries queries;
    private final SignedAddresses addresses;

    ObjectEndpoints(ObjectStore store, StoreQueries queries, SignedAddresses addresses) {
        this.store = store;
        this.readable = new ReadableObjects(store);
        this.queries = queries;
        this.addresses = addresses;
    }

    /** Binds the handlers to their operations. */
    void bindTo(ApiOperations operations) {
        operations.bind("listObjects", this::list);
        operations.bind("getObject", this::object);
        operations.bind("getGroupedObject", this::groupedObject);
    }

    private void list(ApiRequest request) {
        String prefix = request.query("prefix").orElse("");
        String after = request.query("after").orElse("");
        int limit = request.limit();
        queries.answer(request.context(), () -> readable.list(prefix, after, limit + 1), found -> {
            Page<ObjectStore.Listed> page = Page.of(found, limit).linkedFrom(request, "after", ObjectStore.Listed::key);
            List<Map<String, Object>> objects =
                    page.items().stream().map(AnswerBodies::of).toList();
            JsonAnswers.ok(request.context(), Map.of("objects", objects));
        });
    }

    private void object(ApiRequest request) {
        String key = String.join("/", request.path("model"), request.path("folder"), request.path("name"));
        if (request.path("folder").equals(BLOBS)) {
            addresses.redirect(request.context(), key);
        } else {
            send(request, key);
        }
    }

    private void groupedObject(ApiRequest request) {
        send(
                request,
                String.join(
                        "/",
                        request.path("model"),
                        request.path("folder"),
                        request.path("group"),
                        request.path("name")));
    }

    private void send(ApiRequest request, String key) {
        queries.answer(
                request.context(),
                () -> store.read(key),
                bytes -> bytes.ifPresentOrElse(
                        found -> request.context()
                                .response()
                                .putHeader("Content-Type", "application/json")
                                .end(Buffer.buffer(found)),
                        () -> JsonAnswers.notFound(request.context(), "There is no object \"" + key + "\".")));
    }
}
