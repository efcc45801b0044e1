package dev.reflux.registry.server;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.launch.ServiceLauncher;
import dev.reflux.common.meters.Meter;
import dev.reflux.common.meters.Meters;
import dev.reflux.common.shutdown.ClosedAtShutdown;
import dev.reflux.registry.client.StoreException;
import dev.reflux.registry.format.RegistryException;
import dev.reflux.registry.store.ModelRegistry;
import dev.reflux.registry.store.ObjectStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.openapi.contract.OpenAPIContract;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Wires and runs the HTTP API of the registry. */
public final class RegistryMain {

    /** Less than what Kubernetes, compose and "dev up" give it: 20 s and more. */
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(18);

    private static final int START_SECONDS = 30;
    /** Vert.x validates the requests of a server one after the other. */
    private static final int VALIDATION_THREADS = 2;

    private RegistryMain() {}

    /** Runs {@code reflux registry ...} and ends the JVM with its exit code. */
    public static void main(String[] args) {
        ServiceLauncher.launch(
                "registry", RegistryCommand::new, List.of(RegistryException.class, StoreException.class), args);
    }

    /**
     * Runs the server until the JVM is asked to end. The server then takes no more requests and answers those under way.
     *
     * @param healthPort port of /livez, /readyz and /metrics; empty serves none of them
     * @return exit code
     * @throws UsageException when the server cannot listen
     */
    public static int run(ObjectStore store, HttpSettings settings, OptionalInt healthPort)
            throws InterruptedException {
        // Not a constant: the first logger must not be created before main has set up the log.
        Logger log = LoggerFactory.getLogger(RegistryMain.class);
        try (RegistryServer server = start(store, settings)) {
            log.info("The registry is served at {}.", server.address());
            healthPort.ifPresent(port -> log.info("Health on port {}", server.observe(port)));
            ClosedAtShutdown.of("registry", CLOSE_WITHIN, server).await();
            return 0;
        }
    }

    /**
     * Starts a server and returns when it takes requests. The caller keeps the store and closes it after the server.
     *
     * @throws UsageException when the server cannot listen
     */
    public static RegistryServer start(ObjectStore store, HttpSettings settings) {
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(VALIDATION_THREADS));
        try {
            settings.tls().ifPresent(tls -> TlsFiles.requirePair(vertx, tls));
            return ApiContract.load(vertx)
                    .compose(contract -> start(vertx, contract, store, settings))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(START_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            vertx.close();
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new UsageException(
                    "The registry cannot be served at " + settings.host() + ":" + settings.port() + " ("
                            + cause.getMessage() + "); give another address, or other files for TLS.",
                    e);
        } catch (UsageException e) {
            vertx.close();
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            vertx.close();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** In the order in which a request passes: connection, metrics, access, body, contract, handler, store. */
    private static Future<RegistryServer> start(
            Vertx vertx, OpenAPIContract contract, ObjectStore store, HttpSettings settings) {
        Meters meters = new Meters();
        ModelRegistry registry = new ModelRegistry(store, Clock.systemUTC(), settings.signer());
        StoreQueries queries = new StoreQueries(vertx);
        StoreMonitor monitor = new StoreMonitor(registry, queries, meters);
        AliasSubscriptions subscriptions = new AliasSubscriptions(registry, queries, settings.mostWatchers());
        SignedAddresses addresses = new SignedAddresses(store, queries, settings.addressValid());

        ApiOperations operations = new ApiOperations(vertx, contract);
        new ServiceEndpoints(subscriptions).bindTo(operations);
        new ModelEndpoints(registry, queries, new ReportRates(Clock.systemUTC())).bindTo(operations);
        new VersionEndpoints(registry, queries, addresses).bindTo(operations);
        new AliasEndpoints(registry, queries, subscriptions).bindTo(operations);
        new ObjectEndpoints(store, queries, addresses).bindTo(operations);

        RequestDeadlines deadlines = new RequestDeadlines(vertx, settings.receiveWithin());
        RegistryServer server = new RegistryServer(
                vertx,
                settings,
                deadlines,
                ApiRouter.of(
                        vertx,
                        deadlines,
                        new RequestMetrics(meters),
                        new Access(contract, settings.tokens()),
                        operations,
                        new ApiErrors(new InvalidRequest(contract))),
                subscriptions,
                monitor,
                meters);
        meters.gauge(Meter.REGISTRY_WATCHERS, subscriptions::count);
        return server.start();
    }
}
