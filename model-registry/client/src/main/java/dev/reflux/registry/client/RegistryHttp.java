package dev.reflux.registry.client;

import dev.reflux.registry.format.RegistryNames;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * HTTP requests of which nothing is without an end.
 *
 * <ol>
 *   <li>A connection and the head of an answer have a deadline each. A body fails when less than {@value
 *       StallGuardedStream#PROGRESS} bytes arrive within one to two deadlines.
 *   <li>A GET that failed, or was answered by 429, 502, 503 or 504, is sent again twice, after growing pauses.
 *   <li>A redirection is returned, never followed. A body in an encoding that was not asked for is refused.
 * </ol>
 *
 * Blocks on the network. Thread-safe.
 */
public final class RegistryHttp {

    /** For a connection, for the head of an answer, and between two parts of a body. */
    static final Duration DEADLINE = Duration.ofSeconds(30);

    static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    static final int ATTEMPTS = 3;

    private static final int PAUSES_GROW_BY = 4;
    private static final Set<Integer> TEMPORARY = Set.of(429, 502, 503, 504);

    private final HttpClient client;
    private final Duration deadline;
    private final Duration firstPause;

    /** Creates a client with the default deadlines. */
    public RegistryHttp() {
        this(DEADLINE, FIRST_PAUSE);
    }

    RegistryHttp(Duration deadline, Duration firstPause) {
        this.deadline = deadline;
        this.firstPause = firstPause;
        // Some JDKs fail requests that are under way when a server ends an HTTP/2 connection.
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(deadline)
                .build();
    }

    /** An answer, whose body is read or closed. One thread. */
    public static final class Answer implements AutoCloseable {

        private final HttpResponse<InputStream> response;
        private final InputStream body;

        Answer(HttpResponse<InputStream> response, Duration deadline) {
            this.response = response;
            this.body = new StallGuardedStream(response.body(), deadline);
        }

        /** Returns the status. */
        public int status() {
            return response.statusCode();
        }

        /** Returns a header as it came. */
        public Optional<String> header(String name) {
            return response.headers().firstValue(name);
        }

        /**
         * Returns the body, whose reads fail when it makes no progress.
         *
         * @throws IOException when the body is in an encoding that was not asked for
         */
        public InputStream body() throws IOException {
            Optional<String> encoding = header("content-encoding").filter(name -> !name.equals("identity"));
            if (encoding.isPresent()) {
                throw new IOException("its answer is packed as " + RegistryNames.printable(encoding.get())
                        + ", which was not asked for");
            }
            return body;
        }

        /**
         * Returns a short body.
         *
         * @throws IOException when it is longer, or breaks off
         */
        public byte[] bytes(int most) throws IOException {
            byte[] bytes = body().readNBytes(most + 1);
            if (bytes.length > most) {
                throw new IOException("its answer goes on behind the " + most + " bytes that it may have");
            }
            return bytes;
        }

        @Override
        public void close() throws IOException {
            body.close();
        }
    }

    /**
     * Sends a GET, again after a temporary failure.
     *
     * @param authorization the value of the header; empty sends none
     * @return the last answer, whatever its status
     * @throws IOException when no attempt was answered; its message is part of a sentence
     */
    Answer get(URI uri, String authorization) throws IOException, InterruptedException {
        HttpRequest request = request(uri, authorization, deadline).build();
        long pauseMillis = firstPause.toMillis();
        for (int attempt = 1; ; attempt++) {
            try {
                Answer answer = send(request);
                if (attempt == ATTEMPTS || !TEMPORARY.contains(answer.status())) {
                    return answer;
                }
                answer.close();
            } catch (IOException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
            TimeUnit.MILLISECONDS.sleep(pauseMillis);
            pauseMillis *= PAUSES_GROW_BY;
        }
    }

    /**
     * Sends a GET once, to a server that may take its time.
     *
     * @param patience for the head of the answer, beside the deadline
     */
    Answer getOnce(URI uri, String authorization, Duration patience) throws IOException, InterruptedException {
        return send(request(uri, authorization, deadline.plus(patience)).build());
    }

    /**
     * Sends JSON once.
     *
     * @param authorization the value of the header
     * @throws IOException when it was not answered; its message is part of a sentence
     */
    public Answer post(URI uri, String authorization, byte[] json) throws IOException, InterruptedException {
        return send(request(uri, authorization, deadline)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(json))
                .build());
    }

    private Answer send(HttpRequest request) throws IOException, InterruptedException {
        return new Answer(client.send(request, HttpResponse.BodyHandlers.ofInputStream()), deadline);
    }

    private static HttpRequest.Builder request(URI uri, String authorization, Duration head) throws IOException {
        try {
            HttpRequest.Builder builder = HttpRequest.newBuilder(uri).timeout(head);
            if (!authorization.isEmpty()) {
                builder.header("Authorization", authorization);
            }
            return builder;
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "\"" + RegistryNames.printable(uri.toString()) + "\" is no address of an HTTP server", e);
        }
    }
}
