package dev.reflux.registry.server;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.health.HealthServer;
import dev.reflux.common.meters.Meter;
import dev.reflux.common.meters.Meters;
import dev.reflux.registry.store.ModelRegistry;
import dev.reflux.registry.store.ObjectStore;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The API while it is served. Any thread. */
public final class RegistryServer implements AutoCloseable {

    private static final String ROUTE = "route";
    private static final int LARGEST_BODY = 64 << 10;
    private static final int LARGEST_HEADER = 16 << 10;
    private static final int START_SECONDS = 30;
    private static final long LOOK_MILLIS = 5_000;
    /** What a request may still take when the server is closed. */
    private static final Duration LAST_REQUESTS = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final Serving serving;
    private final Meters meters;
    private final AtomicReference<@Nullable HealthServer> health = new AtomicReference<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    private RegistryServer(Vertx vertx, Serving serving, Meters meters) {
        this.vertx = vertx;
        this.serving = serving;
        this.meters = meters;
    }

    /**
     * Serves a store's registry and returns once it takes requests. The store stays the caller's.
     *
     * @throws UsageException when it cannot listen there
     */
    public static RegistryServer start(ObjectStore store, HttpSettings settings) {
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(8));
        Meters meters = new Meters();
        Serving serving = new Serving(store, settings, meters);
        try {
            vertx.deployVerticle(serving, new DeploymentOptions())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(START_SECONDS, TimeUnit.SECONDS);
            return new RegistryServer(vertx, serving, meters);
        } catch (ExecutionException | TimeoutException e) {
            vertx.close();
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new UsageException(
                    "The registry cannot be served at " + settings.host() + ":" + settings.port() + " ("
                            + cause.getMessage() + "); give another address, or other files for TLS.",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            vertx.close();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Where it listens. */
    public URI address() {
        String scheme = serving.settings.tls().isPresent() ? "https" : "http";
        return URI.create(scheme + "://" + serving.settings.host() + ":" + serving.port);
    }

    /**
     * Serves /livez, /readyz and /metrics beside the API: ready is a registry whose store answers.
     *
     * @param healthPort 0: a free one
     * @return the port
     * @throws UsageException when the port is taken
     */
    public int observe(int healthPort) {
        HealthServer server = HealthServer.start(
                healthPort, List.of(serving.look.liveness()), List.of(serving.look.readiness()), meters.registry());
        health.set(server);
        return server.port();
    }

    /**
     * Takes no more requests, answers those that are under way, tells those that wait to come again, and ends. After ten
     * seconds it ends without what is not answered by then.
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        HealthServer server = health.getAndSet(null);
        if (server != null) {
            server.close();
        }
        serving.end()
                .transform(ended -> vertx.close())
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        meters.close();
    }

    private static final class Serving extends AbstractVerticle {
        private final ObjectStore store;
        private final HttpSettings settings;
        private final Meters meters;
        private final ModelRegistry registry;
        private final StoreLook look;
        private volatile int port;
        private boolean looking;
        private @Nullable HttpServer server;
        private @Nullable AliasWatches watches;

        Serving(ObjectStore store, HttpSettings settings, Meters meters) {
            this.store = store;
            this.settings = settings;
            this.meters = meters;
            this.registry = new ModelRegistry(store, Clock.systemUTC());
            this.look = new StoreLook(registry, meters);
        }

        @Override
        public void start(Promise<Void> started) {
            AliasWatches watches = new AliasWatches(context, registry);
            this.watches = watches;
            RegistryApi api = new RegistryApi(context, registry, store, settings, watches);
            vertx.setPeriodic(settings.poll().toMillis(), turn -> watches.turn());
            vertx.setPeriodic(0, LOOK_MILLIS, turn -> lookAtStore());
            meters.gauge(Meter.REGISTRY_WATCHERS, watches::watchers);
            HttpServer server = vertx.createHttpServer(options());
            this.server = server;
            server.requestHandler(router(api)).listen().onComplete(listening -> {
                if (listening.succeeded()) {
                    port = listening.result().actualPort();
                    started.complete();
                } else {
                    started.fail(listening.cause());
                }
            });
        }

        /** Any thread. */
        Future<Void> end() {
            Promise<Void> ended = Promise.promise();
            context.runOnContext(now -> {
                Future<Void> last = Objects.requireNonNull(server).shutdown(LAST_REQUESTS);
                Objects.requireNonNull(watches).end();
                last.onComplete(ended);
            });
            return ended.future();
        }

        private void lookAtStore() {
            look.turned();
            if (looking) {
                return;
            }
            looking = true;
            context.executeBlocking(look::look, false).onComplete(looked -> {
                looking = false;
                look.looked(looked.cause());
            });
        }

        private HttpServerOptions options() {
            HttpServerOptions options = new HttpServerOptions()
                    .setHost(settings.host())
                    .setPort(settings.port())
                    .setMaxHeaderSize(LARGEST_HEADER)
                    .setAcceptBacklog(4096)
                    .setCompressionSupported(false);
            settings.tls().ifPresent(tls -> options.setSsl(true)
                    .setKeyCertOptions(new PemKeyCertOptions()
                            .setCertPath(tls.certificate().toString())
                            .setKeyPath(tls.key().toString())));
            return options;
        }

        private Router router(RegistryApi api) {
            Router router = Router.router(vertx);
            router.route().handler(this::measure);
            router.route()
                    .method(HttpMethod.PUT)
                    .method(HttpMethod.POST)
                    .handler(BodyHandler.create(false).setBodyLimit(LARGEST_BODY));
            for (Route route : api.routes()) {
                String pattern = route.path().endsWith("{key}") ? "/v1/objects/*" : route.pattern();
                router.route(HttpMethod.valueOf(route.method()), pattern).handler(at -> {
                    at.put(ROUTE, route.path());
                    if (admitted(at, route.role())) {
                        route.handler().handle(at);
                    }
                });
            }
            router.route().failureHandler(at -> {
                if (at.failure() != null) {
                    Answers.failed(at, at.failure());
                } else {
                    Answers.json(
                            at,
                            at.statusCode(),
                            Map.of("error", "The request cannot be served: " + at.statusCode() + "."));
                }
            });
            router.route().last().handler(at -> Answers.missing(at, "There is no such path; see /v1/openapi.json."));
            return router;
        }

        private void measure(RoutingContext at) {
            long began = System.nanoTime();
            at.addEndHandler(ended -> {
                String route = at.get(ROUTE, "none");
                String status = String.valueOf(at.response().getStatusCode());
                meters.timer(Meter.REGISTRY_REQUESTS, route, status)
                        .record(System.nanoTime() - began, TimeUnit.NANOSECONDS);
            });
            at.next();
        }

        private boolean admitted(RoutingContext at, Role needed) {
            String header = at.request().getHeader("Authorization");
            Optional<Tokens.Bearer> bearer = header != null && header.startsWith("Bearer ")
                    ? settings.tokens().bearer(header.substring("Bearer ".length()))
                    : Optional.empty();
            bearer.ifPresent(who -> at.put("bearer", who));
            if (bearer.map(Tokens.Bearer::role).orElse(Role.NOBODY).may(needed)) {
                return true;
            }
            if (bearer.isPresent()) {
                Answers.json(at, 403, Map.of("error", bearer.get().name() + " may not do this."));
            } else {
                at.response().putHeader("WWW-Authenticate", "Bearer");
                Answers.json(at, 401, Map.of("error", "This needs a token: Authorization: Bearer TOKEN."));
            }
            return false;
        }
    }
}
