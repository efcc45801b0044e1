package dev.reflux.registry.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

// A read that stalls ignores interrupts: the test must not wait for it.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HttpObjectSourceTest {

    private static final byte[] CONTENT = "content".getBytes(StandardCharsets.UTF_8);
    private static final int DEADLINE_MILLIS = 2000;

    private final Deque<Integer> statuses = new ArrayDeque<>();
    private final AtomicInteger requests = new AtomicInteger();
    private final CountDownLatch end = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;
    private HttpObjectSource source;

    @BeforeEach
    void open() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/v1/objects/", this::answer);
        server.createContext("/v1/objects/stalled", this::stall);
        server.start();
        source = new HttpObjectSource(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
                "token",
                new RegistryHttp(Duration.ofMillis(DEADLINE_MILLIS), Duration.ofMillis(1)));
    }

    @AfterEach
    void close() {
        end.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        requests.incrementAndGet();
        int status = statuses.removeFirst();
        exchange.sendResponseHeaders(status, status == 200 ? CONTENT.length : -1);
        if (status == 200) {
            exchange.getResponseBody().write(CONTENT);
        }
        exchange.close();
    }

    private void stall(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 1000);
        exchange.getResponseBody().write(CONTENT);
        exchange.getResponseBody().flush();
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        exchange.close();
    }

    @Test
    void givenAServerThatIsBusyTwice_whenAnObjectIsRead_thenTheThirdAnswerCounts() {
        statuses.addAll(List.of(503, 429, 200));

        Optional<byte[]> read = source.read("street/aliases/latest/00000001.json");

        assertThat(read).contains(CONTENT);
        assertThat(requests).hasValue(3);
    }

    @Test
    void givenAServerThatStaysBusy_whenAnObjectIsRead_thenItFailsAfterThreeAttempts() {
        statuses.addAll(List.of(503, 503, 503, 200));

        assertThatThrownBy(() -> source.read("key"))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("answered 503 to a request for key");

        assertThat(requests).hasValue(3);
    }

    @Test
    void givenNoObject_whenRead_thenOneRequestSaysSo() {
        statuses.add(404);

        Optional<byte[]> read = source.read("key");

        assertThat(read).isEmpty();
        assertThat(requests).hasValue(1);
    }

    @Test
    void givenABodyThatStalls_whenAnObjectIsRead_thenItFailsAfterTheDeadline() {
        assertThatThrownBy(() -> source.read("stalled"))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("no byte arrived for " + DEADLINE_MILLIS + " ms");
    }

    @Test
    void givenNoServer_whenAnObjectIsRead_thenTheErrorNamesItsAddress() {
        server.stop(0);

        assertThatThrownBy(() -> source.read("key"))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("http://127.0.0.1:" + server.getAddress().getPort()
                        + " cannot be reached (nothing accepts connections there)");
    }

    @Test
    void givenTheDefaults_whenRead_thenTheyAreTheDocumentedOnes() {
        assertThat(RegistryHttp.DEADLINE).isEqualTo(Duration.ofSeconds(30));
        assertThat(RegistryHttp.FIRST_PAUSE).isEqualTo(Duration.ofMillis(250));
        assertThat(RegistryHttp.ATTEMPTS).isEqualTo(3);
    }
}
