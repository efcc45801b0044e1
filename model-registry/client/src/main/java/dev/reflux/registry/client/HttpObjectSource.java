package dev.reflux.registry.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The bucket through the registry's HTTP API: a vehicle needs a token, and no key of the bucket. Large objects come from
 * the store itself, by addresses that the API signs.
 */
public final class HttpObjectSource implements ObjectSource {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    /** The longest page that the API gives. */
    private static final int PAGE = 1000;
    /** A Link header (RFC 8288) with the address of the next page. */
    private static final Pattern NEXT = Pattern.compile("<([^>]*)>; rel=\"next\"");

    private static final int OK = 200;
    private static final int REDIRECT = 307;
    private static final int NOT_FOUND = 404;

    private final URI base;
    private final String token;
    private final HttpClient client;

    /**
     * Opens nothing yet.
     *
     * @param base of the API, such as https://registry:8443
     * @param token of a reader
     */
    public HttpObjectSource(URI base, String token) {
        this.base = base;
        this.token = token;
        // A server that ends says so on HTTP/2 in a way that fails what is under way in some JDKs' clients.
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(TIMEOUT)
                .build();
    }

    @Override
    public Optional<byte[]> read(String key) {
        return open(key).map(stream -> {
            try (InputStream in = stream) {
                return in.readAllBytes();
            } catch (IOException e) {
                throw unreachable(e);
            }
        });
    }

    @Override
    public Optional<InputStream> open(String key) {
        HttpResponse<InputStream> response = get(base.resolve("/v1/objects/" + key), true);
        if (response.statusCode() == REDIRECT) {
            // The token is for the API; the store gets its signed address alone.
            response =
                    get(base.resolve(response.headers().firstValue("location").orElse("")), false);
        }
        return response.statusCode() == NOT_FOUND ? Optional.empty() : Optional.of(ok(response, key));
    }

    @Override
    public List<Listed> list(String prefix) {
        List<Listed> found = new ArrayList<>();
        Optional<URI> page = Optional.of(base.resolve(
                "/v1/objects?limit=" + PAGE + "&prefix=" + URLEncoder.encode(prefix, StandardCharsets.UTF_8)));
        while (page.isPresent()) {
            HttpResponse<InputStream> response = get(page.get(), true);
            found.addAll(objects(ok(response, prefix)));
            page = nextPage(response);
        }
        return found;
    }

    private List<Listed> objects(InputStream body) {
        try (body) {
            List<Listed> found = new ArrayList<>();
            for (JsonNode object : JSON.readTree(body).path("objects")) {
                found.add(new Listed(
                        object.path("key").asText(),
                        object.path("bytes").asLong(),
                        Instant.parse(object.path("modified").asText())));
            }
            return found;
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    private Optional<URI> nextPage(HttpResponse<?> response) {
        return response.headers()
                .firstValue("link")
                .map(NEXT::matcher)
                .filter(Matcher::matches)
                .map(link -> base.resolve(link.group(1)));
    }

    private HttpResponse<InputStream> get(URI uri, boolean withToken) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(TIMEOUT);
        if (withToken) {
            request.header("Authorization", "Bearer " + token);
        }
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (IOException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreachable(e);
        }
    }

    private InputStream ok(HttpResponse<InputStream> response, String what) {
        if (response.statusCode() != OK) {
            throw new StoreException(
                    "The registry at " + base + " answered " + response.statusCode() + " to a request for " + what
                            + "; check the token.",
                    new IOException("HTTP " + response.statusCode()));
        }
        return response.body();
    }

    private StoreException unreachable(Exception e) {
        return new StoreException(
                "The registry at " + base + " cannot be reached (" + StoreException.reasonOf(e)
                        + "); check the address.",
                e);
    }

    @Override
    public void close() {}
}
