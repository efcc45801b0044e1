package dev.reflux.registry.server;

import dev.reflux.registry.store.ObjectStore;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The operations of the store's objects, for clients that verify manifests and deltas themselves. */
final class ObjectEndpoints {

    private static final String BLOBS = "blobs";

    /** The contract's folders; writers, decisions and reports are not for vehicles. */
    private static final Pattern READABLE =
            Pattern.compile("[^/]+/(blobs|versions|aliases|deltas|removed|tags)/[A-Za-z0-9._/-]+");

    private final ObjectStore store;
    private final StoreQueries queries;
    private final SignedAddresses addresses;

    ObjectEndpoints(ObjectStore store, StoreQueries queries, SignedAddresses addresses) {
        this.store = store;
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
        queries.answer(request.context(), () -> readable(prefix), found -> {
            Page<ObjectStore.Listed> page = Page.after(request, found, ObjectStore.Listed::key)
                    .linkedFrom(request, "after", ObjectStore.Listed::key);
            List<Map<String, Object>> objects =
                    page.items().stream().map(AnswerBodies::of).toList();
            JsonAnswers.ok(request.context(), Map.of("objects", objects));
        });
    }

    private List<ObjectStore.Listed> readable(String prefix) {
        return store.list(prefix).stream()
                .filter(object -> READABLE.matcher(object.key()).matches())
                .toList();
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
