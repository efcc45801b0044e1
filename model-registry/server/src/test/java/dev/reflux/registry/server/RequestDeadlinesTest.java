package dev.reflux.registry.server;

import static dev.reflux.registry.server.ServedRegistry.ADMIN;
import static dev.reflux.registry.server.ServedRegistry.READER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RequestDeadlinesTest {

    private static final Duration WITHIN = Duration.ofMillis(300);
    private static final int FAR_LONGER_MILLIS = 20_000;

    private ServedRegistry served;
    private String model;
    private String latest;

    @BeforeAll
    void open(@TempDir Path directory) throws Exception {
        served = ServedRegistry.start(directory, WITHIN);
    }

    @BeforeEach
    void publish() {
        model = served.publishTwo();
        latest = "/v1/models/" + model + "/aliases/latest";
    }

    @AfterAll
    void close() throws Exception {
        served.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "GET /healthz HT",
                "GET /healthz HTTP/1.1\r\nHost: registry\r\nX-Half: ",
                "PUT /v1/models/street/aliases/gold HTTP/1.1\r\nHost: registry\r\nAuthorization: Bearer " + ADMIN
                        + "\r\nContent-Length: 100\r\n\r\n{\"ver",
                "PUT /v1/models/street/aliases/gold HTTP/1.1\r\nHost: registry\r\nContent-Length: 100\r\n\r\n{\"ver",
            })
    void givenAConnectionWithNoWholeRequest_whenTheDeadlinePasses_thenItIsClosed(String begun) throws Exception {
        long began = System.nanoTime();
        try (Socket socket = connect()) {
            socket.getOutputStream().write(begun.getBytes(StandardCharsets.US_ASCII));

            socket.getInputStream().readAllBytes();

            assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(WITHIN);
        }
    }

    @Test
    void givenAnAnsweredRequest_whenTheConnectionIsIdle_thenItIsClosedAfterTheDeadline() throws Exception {
        long began = System.nanoTime();
        try (Socket socket = connect()) {
            socket.getOutputStream()
                    .write("GET /healthz HTTP/1.1\r\nHost: registry\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(answer).startsWith("HTTP/1.1 200").endsWith("}");
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(WITHIN);
        }
    }

    @Test
    void givenALongPoll_whenItWaitsLongerThanTheDeadline_thenItIsAnswered() throws Exception {
        HttpResponse<String> answer = served.get(latest + "?after=2&wait=1", READER);

        assertThat(answer.statusCode()).isEqualTo(304);
    }

    @Test
    void givenAnEventStream_whenItLastsLongerThanTheDeadline_thenItIsStillOpen() throws Exception {
        HttpResponse<InputStream> stream = served.stream(latest + "/events", READER);

        try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
            served.get(latest + "?after=2&wait=1", READER);
            served.registry().aliases().point(model, "latest", 1, "test", "");
            assertThat(lines.lines().takeWhile(line -> !line.equals("id: 3"))).contains("id: 2");
        }
    }

    @Test
    void givenThreeThousandHalfSentHeaders_whenTheDeadlinePasses_thenAllAreClosed() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < 3_000; i++) {
                Socket socket = connect();
                sockets.add(socket);
                socket.getOutputStream().write("GET /healthz HTTP/1.1\r\nX-Half: ".getBytes(StandardCharsets.US_ASCII));
            }

            for (Socket socket : sockets) {
                socket.getInputStream().readAllBytes();
            }

            assertThat(served.get("/healthz", READER).statusCode()).isEqualTo(200);
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT /v1/models/street/aliases/gold", "GET /healthz", "GET /v1/models", "POST /v2"})
    void givenABodyThatNeverEnds_whenItKeepsComing_thenTheConnectionEndsAllTheSame(String request) throws Exception {
        try (Socket socket = connect()) {
            byte[] chunk = ("400\r\n" + "x".repeat(1024) + "\r\n").getBytes(StandardCharsets.US_ASCII);
            socket.getOutputStream()
                    .write((request + " HTTP/1.1\r\nHost: registry\r\nAuthorization: Bearer " + ADMIN
                                    + "\r\nTransfer-Encoding: chunked\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));

            assertThatThrownBy(() -> {
                        while (true) {
                            socket.getOutputStream().write(chunk);
                        }
                    })
                    .isInstanceOf(SocketException.class);
        }
    }

    private Socket connect() throws Exception {
        Socket socket = new Socket("127.0.0.1", served.server().address().getPort());
        socket.setSoTimeout(FAR_LONGER_MILLIS);
        return socket;
    }
}
