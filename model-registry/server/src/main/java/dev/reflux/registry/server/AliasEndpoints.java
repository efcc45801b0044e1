package dev.reflux.registry.server;

import dev.reflux.registry.format.AliasChange;
import dev.reflux.registry.store.ModelRegistry;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The operations of aliases: reading them, waiting for their changes, moving them. */
final class AliasEndpoints {

    private static final int UNAVAILABLE = 503;
    private static final String RETRY_SECONDS = "10";

    private final ModelRegistry registry;
    private final StoreQueries queries;
    private final AliasSubscriptions subscriptions;

    AliasEndpoints(ModelRegistry registry, StoreQueries queries, AliasSubscriptions subscriptions) {
        this.registry = registry;
        this.queries = queries;
        this.subscriptions = subscriptions;
    }

    /** Binds the handlers to their operations. */
    void bindTo(ApiOperations operations) {
        operations.bind("listAliases", this::list);
        operations.bind("listAliasHistory", this::history);
        operations.bind("getAlias", this::alias);
        operations.bind("streamAliasEvents", this::events);
        operations.bind("setAlias", this::set);
        operations.bind("rollBackAlias", this::rollBack);
    }

    private void list(ApiRequest request) {
        int limit = request.limit();
        String after = request.query("after").orElse("");
        queries.answer(
                request.context(), () -> registry.catalog().aliases(request.path("model"), after, limit + 1), found -> {
                    Page<Map.Entry<String, Long>> page = Page.of(List.copyOf(found.entrySet()), limit)
                            .linkedFrom(request, "after", Map.Entry::getKey);
                    Map<String, Long> body = new TreeMap<>();
                    page.items().forEach(alias -> body.put(alias.getKey(), alias.getValue()));
                    JsonAnswers.ok(request.context(), body);
                });
    }

    private void history(ApiRequest request) {
        long from = request.number("from");
        int limit = request.limit();
        queries.answer(
                request.context(),
                () -> registry.catalog().history(request.path("model"), request.path("alias"), from, limit + 1),
                found -> {
                    Page<AliasChange> page =
                            Page.of(found, limit).linkedFrom(request, "from", last -> last.number() + 1);
                    List<Map<String, Object>> changes =
                            page.items().stream().map(AnswerBodies::of).toList();
                    JsonAnswers.ok(request.context(), Map.of("history", changes));
                });
    }

    private void alias(ApiRequest request) {
        long after = request.number("after");
        long wait = request.number("wait");
        current(request, change -> {
            if (change.number() > after || wait == 0) {
                LongPoll.answer(request.context(), change);
            } else if (hasRoom(request.context())) {
                LongPoll.open(request.context(), subscriptions, name(request), after, wait);
            }
        });
    }

    private void events(ApiRequest request) {
        long known = request.headerNumber("Last-Event-ID");
        current(request, change -> {
            if (hasRoom(request.context())) {
                EventStream.open(request.context(), subscriptions, name(request), known, change);
            }
        });
    }

    private boolean hasRoom(RoutingContext at) {
        if (subscriptions.hasRoom()) {
            return true;
        }
        at.response().putHeader("Retry-After", RETRY_SECONDS);
        JsonAnswers.error(
                at, UNAVAILABLE, "Too many clients wait for a change; try again in " + RETRY_SECONDS + " seconds.");
        return false;
    }

    private void current(ApiRequest request, Consumer<AliasChange> answer) {
        AliasSubscriptions.Name name = name(request);
        queries.answer(
                request.context(),
                () -> registry.reader().current(name.model(), name.alias()),
                change -> change.ifPresentOrElse(
                        answer,
                        () -> JsonAnswers.notFound(
                                request.context(), name.model() + " has no alias \"" + name.alias() + "\".")));
    }

    private void set(ApiRequest request) {
        JsonObject body = request.body();
        point(request, body.getLong("version"), body.getString("reason", "promoted"));
    }

    private void rollBack(ApiRequest request) {
        JsonObject body = request.body();
        String reason = body.getString("reason", "rolled back");
        if (body.containsKey("version")) {
            point(request, body.getLong("version"), reason);
        } else {
            AliasSubscriptions.Name name = name(request);
            answerWithChange(request, () -> registry.rollback()
                    .alias(name.model(), name.alias(), 0, request.holder().name(), reason));
        }
    }

    private void point(ApiRequest request, long version, String reason) {
        AliasSubscriptions.Name name = name(request);
        answerWithChange(request, () -> registry.aliases()
                .point(name.model(), name.alias(), version, request.holder().name(), reason));
    }

    private void answerWithChange(ApiRequest request, Runnable move) {
        AliasSubscriptions.Name name = name(request);
        queries.answer(
                request.context(),
                () -> {
                    move.run();
                    return registry.reader().current(name.model(), name.alias()).orElseThrow();
                },
                change -> JsonAnswers.ok(request.context(), AnswerBodies.of(change)));
    }

    private static AliasSubscriptions.Name name(ApiRequest request) {
        return new AliasSubscriptions.Name(request.path("model"), request.path("alias"));
    }
}
