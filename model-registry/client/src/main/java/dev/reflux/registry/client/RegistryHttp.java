package dev.reflux.registry.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * GET requests with a deadline and retries.
 *
 * <ol>
 *   <li>A connection and the head of an answer have a deadline each; a body fails when no byte arrives for one to two deadlines.
 *   <li>A request that failed, or was answered by 429, 502, 503 or 504, is sent again twice, after growing pauses.
 * </ol>
 *
 * Blocks on the network. Thread-safe.
 */
final class RegistryHttp {

    /** For a connection, for the head of an answer, and between two parts of a body. */
    static final Duration DEADLINE = Duration.ofSeconds(30);

    static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    static final int ATTEMPTS = 3;

    private static final int PAUSES_GROW_BY = 4;
    private static final Set<Integer> TEMPORARY = Set.of(429, 502, 503, 504);

    private final HttpClient client;
    private final Duration deadline;
    private final Duration firstPause;

    RegistryHttp() {
        this(DEADLINE, FIRST_PAUSE);
    }

    RegistryHttp(Duration deadline, Duration firstPause) {
        this.deadline = deadline;
        this.firstPause = firstPause;
        // Some JDKs fail requests that are under way when a server ends an HTTP/2 connection.
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(deadline)
                .build();
    }

    /**
     * Sends a request.
     *
     * @param authorization the value of the header; empty sends none
     * @return the last answer, whatever its status; the caller closes the body
     * @throws IOException when no attempt was answered
     */
    HttpResponse<InputStream> get(URI uri, String authorization) throws IOException, InterruptedException {
        HttpRequest.Builder builder = HttpRequest.newBuilder(uri).timeout(deadline);
        if (!authorization.isEmpty()) {
            builder.header("Authorization", authorization);
        }
        HttpRequest request = builder.build();
        long pauseMillis = firstPause.toMillis();
        for (int attempt = 1; ; attempt++) {
            try {
                HttpResponse<InputStream> answer = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
                if (attempt == ATTEMPTS || !TEMPORARY.contains(answer.statusCode())) {
                    return answer;
                }
                answer.body().close();
            } catch (IOException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
            TimeUnit.MILLISECONDS.sleep(pauseMillis);
            pauseMillis *= PAUSES_GROW_BY;
        }
    }

    /** Returns the body, whose reads fail when no byte arrives for the deadline. */
    InputStream guarded(HttpResponse<InputStream> answer) {
        return new StallGuardedStream(answer.body(), deadline);
    }
}
