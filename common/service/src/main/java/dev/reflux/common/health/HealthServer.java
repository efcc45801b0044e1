package dev.reflux.common.health;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.reflux.common.failure.UsageException;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@code /livez}, {@code /readyz} and {@code /metrics} by the JDK's own HTTP server. A probe answers 200 when no
 * check complains and 503 otherwise, with the complaints as JSON. Liveness says whether the loops still run, readiness
 * whether work can be done. Any thread may close it.
 */
public final class HealthServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HealthServer.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final ExecutorService threads;

    private HealthServer(HttpServer server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
    }

    /**
     * Starts a server.
     *
     * @param port TCP port; 0 takes a free one
     * @param liveness checks of {@code /livez}
     * @param readiness checks of {@code /readyz}
     * @param metrics meters of {@code /metrics}
     * @throws UsageException when the port is taken
     */
    public static HealthServer start(
            int port, List<Check> liveness, List<Check> readiness, PrometheusMeterRegistry metrics) {
        HttpServer server;
        try {
            server = HttpServer.create(new InetSocketAddress(port), 16);
        } catch (IOException e) {
            throw new UsageException(
                    "Health port " + port + " cannot be opened (" + e.getMessage()
                            + "); set health.port to a free one.",
                    e);
        }
        ExecutorService threads = Executors.newFixedThreadPool(2, task -> {
            Thread thread = new Thread(task, "health");
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(threads);
        server.createContext("/livez", exchange -> probe(exchange, liveness));
        server.createContext("/readyz", exchange -> probe(exchange, readiness));
        server.createContext(
                "/metrics",
                exchange -> answer(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", metrics.scrape()));
        server.start();
        return new HealthServer(server, threads);
    }

    /** Returns the port that the server listens on. */
    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static void probe(HttpExchange exchange, List<Check> checks) throws IOException {
        ObjectNode body = JSON.createObjectNode();
        ObjectNode complaints = JSON.createObjectNode();
        for (Check check : checks) {
            check.complaint().ifPresent(complaint -> complaints.put(check.name(), complaint));
        }
        body.put("status", complaints.isEmpty() ? "ok" : "failing");
        body.set("complaints", complaints);
        answer(exchange, complaints.isEmpty() ? 200 : 503, "application/json", body.toString());
    }

    private static void answer(HttpExchange exchange, int status, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        } catch (IOException e) {
            // The client disconnected, which is no error of the service.
            LOG.debug("The client of a health probe disconnected: {}", e.getMessage());
        }
    }
}
