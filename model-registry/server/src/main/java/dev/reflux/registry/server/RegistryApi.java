package dev.reflux.registry.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.common.failure.UsageException;
import dev.reflux.registry.format.AliasChange;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.Manifest;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.store.ModelRegistry;
import dev.reflux.registry.store.ObjectStore;
import io.vertx.core.Context;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/** What the API answers. The event loop's thread only; the store is asked on workers. */
final class RegistryApi {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST_WAIT_SECONDS = 120;
    private static final String KEY =
            "[a-z0-9][a-z0-9._-]{0,62}/(blobs|versions|aliases|deltas|removed|tags)/[A-Za-z0-9._/-]{1,200}";

    private final Context loop;
    private final ModelRegistry registry;
    private final ObjectStore store;
    private final HttpSettings settings;
    private final Watching watching;

    RegistryApi(Context loop, ModelRegistry registry, ObjectStore store, HttpSettings settings, AliasWatches watches) {
        this.loop = loop;
        this.registry = registry;
        this.store = store;
        this.settings = settings;
        this.watching = new Watching(loop, watches, settings.mostWatchers());
    }

    /** Everything there is. */
    List<Route> routes() {
        String model = "/v1/models/{model}";
        String version = model + "/versions/{version}";
        String alias = model + "/aliases/{alias}";
        return List.of(
                new Route("GET", "/healthz", Role.NOBODY, this::health),
                new Route("GET", "/v1/openapi.json", Role.NOBODY, this::openApi),
                new Route("GET", "/v1/models", Role.READER, this::models),
                new Route("GET", model + "/versions", Role.READER, this::versions),
                new Route("GET", version, Role.READER, this::version),
                new Route("GET", version + "/artifacts/{artifact}", Role.READER, this::artifact),
                new Route("GET", version + "/tags", Role.READER, this::tags),
                new Route("PUT", version + "/tags/{tag}", Role.ADMIN, this::tag),
                new Route("DELETE", version + "/tags/{tag}", Role.ADMIN, this::tag),
                new Route("GET", model + "/aliases", Role.READER, this::aliases),
                new Route("GET", alias, Role.READER, this::alias),
                new Route("GET", alias + "/history", Role.READER, this::history),
                new Route("GET", alias + "/events", Role.READER, this::events),
                new Route("PUT", alias, Role.ADMIN, this::promote),
                new Route("POST", alias + "/rollback", Role.ADMIN, this::rollBack),
                new Route("POST", model + "/reports", Role.READER, this::report),
                new Route("GET", "/v1/objects", Role.READER, this::objects),
                new Route("GET", "/v1/objects/{key}", Role.READER, this::object));
    }

    // ---- reading -------------------------------------------------------------------------------------------------

    private void health(RoutingContext at) {
        Answers.json(at, 200, new TreeMap<>(Map.of("status", "up", "watchers", watching.count())));
    }

    private void openApi(RoutingContext at) {
        at.response().putHeader("Content-Type", "application/json").end(OpenApi.text());
    }

    private void models(RoutingContext at) {
        ask(at, registry.catalog()::models, models -> Answers.json(at, 200, Map.of("models", models)));
    }

    private void versions(RoutingContext at) {
        long from = number(at, "from", 1);
        ask(
                at,
                () -> registry.catalog().versions(at.pathParam("model"), from),
                found -> Answers.json(
                        at,
                        200,
                        Map.of("versions", found.stream().map(Answers::of).toList())));
    }

    private void version(RoutingContext at) {
        find(at, version -> Answers.tagged(at, Manifest.sha256(version), Answers.of(version)));
    }

    private void artifact(RoutingContext at) {
        Optional<Artifact> artifact = List.of(Artifact.values()).stream()
                .filter(one -> one.fileName().equals(at.pathParam("artifact")))
                .findFirst();
        if (artifact.isEmpty()) {
            Answers.missing(at, "A student has no \"" + at.pathParam("artifact") + "\".");
            return;
        }
        find(at, version -> redirect(at, version.blob(artifact.get()).key()));
    }

    private void redirect(RoutingContext at, String key) {
        ask(at, () -> store.presign(key, settings.addressValid()), address -> at.response()
                .setStatusCode(307)
                .putHeader("Location", address.toString())
                .putHeader("Cache-Control", "no-store")
                .end());
    }

    private void tags(RoutingContext at) {
        find(
                at,
                version -> ask(
                        at,
                        () -> registry.catalog().tags(version.model(), version.version()),
                        tags -> Answers.json(at, 200, tags)));
    }

    private void aliases(RoutingContext at) {
        ask(at, () -> registry.catalog().aliases(at.pathParam("model")), aliases -> Answers.json(at, 200, aliases));
    }

    private void history(RoutingContext at) {
        ask(
                at,
                () -> registry.catalog().history(at.pathParam("model"), at.pathParam("alias")),
                changes -> Answers.json(
                        at,
                        200,
                        Map.of("history", changes.stream().map(Answers::of).toList())));
    }

    // ---- watching ------------------------------------------------------------------------------------------------

    /** With {@code after} and {@code wait}: waits until the alias has moved on, at most so many seconds. */
    private void alias(RoutingContext at) {
        long after = number(at, "after", -1);
        long wait = Math.min(LONGEST_WAIT_SECONDS, number(at, "wait", 0));
        current(at, change -> {
            if (change.number() > after || wait <= 0) {
                Answers.tagged(at, String.valueOf(change.number()), Answers.of(change));
            } else {
                watching.once(at, after, wait);
            }
        });
    }

    private void events(RoutingContext at) {
        String last = at.request().getHeader("Last-Event-ID");
        long known = last != null && last.matches("\\d{1,8}") ? Long.parseLong(last) : 0;
        current(at, change -> watching.stream(at, known, change));
    }

    private void current(RoutingContext at, Consumer<AliasChange> then) {
        ask(
                at,
                () -> registry.reader().current(at.pathParam("model"), at.pathParam("alias")),
                change -> change.ifPresentOrElse(
                        then,
                        () -> Answers.missing(
                                at, at.pathParam("model") + " has no alias \"" + at.pathParam("alias") + "\".")));
    }

    // ---- changing ------------------------------------------------------------------------------------------------

    private void promote(RoutingContext at) {
        JsonNode body = body(at);
        point(at, body.path("version").asLong(), body.path("reason").asText("promoted"));
    }

    private void rollBack(RoutingContext at) {
        JsonNode body = body(at);
        String model = at.pathParam("model");
        String alias = at.pathParam("alias");
        ask(
                at,
                () -> {
                    StudentVersion now = registry.reader().require(model, alias);
                    long to = body.path("version").asLong(now.lineage().parentVersion());
                    if (to < 1) {
                        throw new UsageException(
                                model + " version " + now.version() + " has no parent; name a version.");
                    }
                    return to;
                },
                to -> point(at, to, body.path("reason").asText("rolled back")));
    }

    private void point(RoutingContext at, long version, String reason) {
        String model = at.pathParam("model");
        String alias = at.pathParam("alias");
        ask(
                at,
                () -> {
                    registry.aliases().point(model, alias, version, name(at), reason);
                    return registry.reader().current(model, alias).orElseThrow();
                },
                change -> Answers.json(at, 200, Answers.of(change)));
    }

    private void tag(RoutingContext at) {
        Optional<String> value = at.request().method().name().equals("DELETE")
                ? Optional.empty()
                : Optional.of(body(at).path("value").asText());
        find(
                at,
                version -> ask(
                        at,
                        () -> {
                            registry.tags().put(version.model(), version.version(), at.pathParam("tag"), value);
                            return registry.catalog().tags(version.model(), version.version());
                        },
                        tags -> Answers.json(at, 200, tags)));
    }

    /** A vehicle says that a version does worse than it should: for the promotion gate. */
    private void report(RoutingContext at) {
        JsonNode body = body(at);
        if (body.path("vehicle").asText().isEmpty()
                || !body.path("version").isIntegralNumber()
                || !body.path("value").isNumber()
                || !body.path("least").isNumber()) {
            throw new UsageException("A report names vehicle, version, metric, value and least.");
        }
        Map<String, Object> report = Map.of(
                "vehicle", body.path("vehicle").asText(),
                "version", body.path("version").asLong(),
                "metric", body.path("metric").asText(),
                "value", body.path("value").asDouble(),
                "least", body.path("least").asDouble());
        ask(
                at,
                () -> registry.journal(at.pathParam("model"), "reports").append(report),
                number -> Answers.json(at, 201, Map.of("number", number)));
    }

    // ---- the bucket, for vehicles --------------------------------------------------------------------------------

    private void objects(RoutingContext at) {
        String prefix = Optional.ofNullable(at.request().getParam("prefix")).orElse("");
        ask(
                at,
                () -> store.list(prefix).stream()
                        .filter(object -> object.key().matches(KEY))
                        .map(object -> Map.of(
                                "key", object.key(),
                                "bytes", object.bytes(),
                                "modified", object.modified().toString()))
                        .toList(),
                objects -> Answers.json(at, 200, Map.of("objects", objects)));
    }

    private void object(RoutingContext at) {
        String key = at.request().path().substring("/v1/objects/".length());
        if (!key.matches(KEY) || key.contains("..")) {
            Answers.missing(at, "There is no object \"" + key + "\".");
        } else if (key.contains("/blobs/")) {
            redirect(at, key);
        } else {
            ask(
                    at,
                    () -> store.read(key),
                    bytes -> bytes.ifPresentOrElse(
                            found -> at.response()
                                    .putHeader("Content-Type", "application/json")
                                    .end(io.vertx.core.buffer.Buffer.buffer(found)),
                            () -> Answers.missing(at, "There is no object \"" + key + "\".")));
        }
    }

    // ---- plumbing ------------------------------------------------------------------------------------------------

    private void find(RoutingContext at, Consumer<StudentVersion> then) {
        String model = at.pathParam("model");
        String version = at.pathParam("version");
        ask(
                at,
                () -> registry.reader().resolve(model, version),
                found -> found.ifPresentOrElse(
                        then, () -> Answers.missing(at, model + " has no version \"" + version + "\".")));
    }

    private <T> void ask(RoutingContext at, Callable<T> question, Consumer<T> then) {
        loop.executeBlocking(question, false).onComplete(answer -> {
            try {
                if (answer.succeeded()) {
                    then.accept(answer.result());
                } else {
                    Answers.failed(at, answer.cause());
                }
            } catch (RuntimeException e) {
                Answers.failed(at, e);
            }
        });
    }

    private static String name(RoutingContext at) {
        Tokens.Bearer bearer = at.get("bearer");
        return bearer.name();
    }

    private static long number(RoutingContext at, String name, long otherwise) {
        String text = at.request().getParam(name);
        if (text == null) {
            return otherwise;
        }
        if (!text.matches("\\d{1,8}")) {
            throw new UsageException("\"" + name + "\" must be a number, not \"" + text + "\".");
        }
        return Long.parseLong(text);
    }

    private static JsonNode body(RoutingContext at) {
        try {
            byte[] bytes = at.body().buffer() == null
                    ? new byte[0]
                    : at.body().buffer().getBytes();
            return bytes.length == 0 ? JSON.createObjectNode() : JSON.readTree(bytes);
        } catch (IOException e) {
            throw new UsageException("The request's body is not JSON.", e);
        }
    }
}
