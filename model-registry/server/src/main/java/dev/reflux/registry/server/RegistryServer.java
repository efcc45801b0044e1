package dev.reflux.registry.server;

import dev.reflux.common.health.HealthServer;
import dev.reflux.common.meters.Meters;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A running server of the HTTP API, which {@link RegistryMain} starts. Any thread. */
public final class RegistryServer implements AutoCloseable {

    private static final int LONGEST_HEADER = 16 << 10;
    private static final int BACKLOG = 4096;
    private static final long CHECK_STORE_MILLIS = 5_000;

    /** Time for requests under way when the server closes. */
    private static final Duration LAST_REQUESTS = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final HttpSettings settings;
    private final AliasSubscriptions subscriptions;
    private final StoreMonitor monitor;
    private final Meters meters;
    private final HttpServer server;
    private final AtomicReference<@Nullable HealthServer> health = new AtomicReference<>();
    /** The event loop's. */
    private final List<Long> timers = new ArrayList<>();

    private final AtomicBoolean closed = new AtomicBoolean();

    RegistryServer(
            Vertx vertx,
            HttpSettings settings,
            RequestDeadlines deadlines,
            Router router,
            AliasSubscriptions subscriptions,
            StoreMonitor monitor,
            Meters meters) {
        this.vertx = vertx;
        this.settings = settings;
        this.subscriptions = subscriptions;
        this.monitor = monitor;
        this.meters = meters;
        this.server = vertx.createHttpServer(options(settings))
                .connectionHandler(deadlines::connected)
                .requestHandler(router);
    }

    /** HTTP/1.1 alone: deadlines are kept by connection, and a connection of HTTP/2 has many requests. */
    private static HttpServerOptions options(HttpSettings settings) {
        HttpServerOptions options = new HttpServerOptions()
                .setHost(settings.host())
                .setPort(settings.port())
                .setHttp2ClearTextEnabled(false)
                .setMaxHeaderSize(LONGEST_HEADER)
                .setAcceptBacklog(BACKLOG)
                .setCompressionSupported(false);
        settings.tls().ifPresent(tls -> options.setSsl(true).setKeyCertOptions(TlsFiles.options(tls)));
        return options;
    }

    /** Begins to poll the store and to listen. On the event loop. */
    Future<RegistryServer> start() {
        timers.add(vertx.setPeriodic(settings.poll().toMillis(), due -> subscriptions.poll()));
        timers.add(vertx.setPeriodic(0, CHECK_STORE_MILLIS, due -> monitor.check()));
        return server.listen().map(this);
    }

    /** Returns the address at which the server listens. */
    public URI address() {
        String scheme = settings.tls().isPresent() ? "https" : "http";
        return URI.create(scheme + "://" + settings.host() + ":" + server.actualPort());
    }

    /**
     * Serves /livez, /readyz and /metrics beside the API. The server is ready while its store answers.
     *
     * @param healthPort port to listen on; 0 takes a free one
     * @return the port
     * @throws dev.reflux.common.failure.UsageException when the port is taken
     */
    public int observe(int healthPort) {
        HealthServer started = HealthServer.start(
                healthPort, List.of(monitor.liveness()), List.of(monitor.readiness()), meters.registry());
        health.set(started);
        return started.port();
    }

    /**
     * Takes no more requests, ends those that wait for a change, answers the others under way, and ends. Requests that take
     * longer than ten seconds get no answer.
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        HealthServer started = health.getAndSet(null);
        if (started != null) {
            started.close();
        }
        shutdown()
                .transform(ended -> vertx.close())
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        meters.close();
    }

    private Future<Void> shutdown() {
        Promise<Void> ended = Promise.promise();
        vertx.runOnContext(now -> {
            Future<Void> last = server.shutdown(LAST_REQUESTS);
            timers.forEach(vertx::cancelTimer);
            subscriptions.close();
            last.onComplete(ended);
        });
        return ended.future();
    }
}
