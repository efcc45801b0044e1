package dev.reflux.registry.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The bucket through the registry's HTTP API: a vehicle needs a token, and no key of the bucket. Large objects come from
 * the store itself, by addresses that the API signs. Requests have deadlines and are sent again after temporary failures.
 * Blocks on the network. Thread-safe.
 */
public final class HttpObjectSource implements ObjectSource {

    private static final ObjectMapper JSON = new ObjectMapper();
    /** The longest page that the API gives. */
    private static final int PAGE = 1000;
    /** A Link header (RFC 8288) with the address of the next page. */
    private static final Pattern NEXT = Pattern.compile("<([^>]*)>; rel=\"next\"");

    private static final int OK = 200;
    private static final int REDIRECT = 307;
    private static final int NOT_FOUND = 404;

    private final URI base;
    private final String token;
    private final RegistryHttp http;

    /**
     * Creates a source, which connects when it is first used.
     *
     * @param base the address of the HTTP API, such as https://registry:8443
     * @param token the token of a reader
     */
    public HttpObjectSource(URI base, String token) {
        this(base, token, new RegistryHttp());
    }

    HttpObjectSource(URI base, String token, RegistryHttp http) {
        this.base = base;
        this.token = token;
        this.http = http;
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
            close(response);
            // The token is for the API; the store gets its signed address alone.
            response =
                    get(base.resolve(response.headers().firstValue("location").orElse("")), false);
        }
        if (response.statusCode() == NOT_FOUND) {
            close(response);
            return Optional.empty();
        }
        return Optional.of(ok(response, key));
    }

    @Override
    public List<Listed> list(String prefix, String after, int limit) {
        List<Listed> found = new ArrayList<>();
        String from = after.isEmpty() ? "" : "&after=" + URLEncoder.encode(after, StandardCharsets.UTF_8);
        Optional<URI> page = Optional.of(base.resolve("/v1/objects?limit=" + Math.min(PAGE, limit) + "&prefix="
                + URLEncoder.encode(prefix, StandardCharsets.UTF_8) + from));
        while (page.isPresent() && found.size() < limit) {
            HttpResponse<InputStream> response = get(page.get(), true);
            found.addAll(objects(ok(response, prefix)));
            page = nextPage(response);
        }
        return List.copyOf(found.subList(0, Math.min(limit, found.size())));
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
        try {
            return http.get(uri, withToken ? "Bearer " + token : "");
        } catch (IOException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreachable(e);
        }
    }

    private InputStream ok(HttpResponse<InputStream> response, String what) {
        if (response.statusCode() != OK) {
            close(response);
            throw new StoreException(
                    "The registry at " + base + " answered " + response.statusCode() + " to a request for " + what
                            + "; check the token.",
                    new IOException("HTTP " + response.statusCode()));
        }
        return http.guarded(response);
    }

    private void close(HttpResponse<InputStream> response) {
        try {
            response.body().close();
        } catch (IOException e) {
            throw unreachable(e);
        }
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
