package dev.reflux.registry.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.registry.format.RegistryNames;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
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

    private static final int MOST_PAGE_BYTES = 4 << 20;
    private static final int MOST_OBJECTS = 1_000_000;
    private static final int OK = 200;
    private static final int REDIRECT = 307;
    private static final int NOT_FOUND = 404;
    private static final int REDIRECTION = 3;

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
    public Optional<byte[]> read(String key, long most) {
        return open(key).map(stream -> {
            try (InputStream in = stream) {
                return ObjectSource.within(in, key, most);
            } catch (IOException e) {
                throw unreachable(e);
            }
        });
    }

    @Override
    public Optional<InputStream> open(String key) {
        RegistryHttp.Answer answer = get(address("/v1/objects/" + key), true);
        if (answer.status() == REDIRECT) {
            close(answer);
            // The token is for the API; the store gets its signed address alone. It sends nobody on.
            answer = get(location(answer, key), false);
        }
        if (answer.status() == NOT_FOUND) {
            close(answer);
            return Optional.empty();
        }
        return Optional.of(ok(answer, key));
    }

    private URI address(String path) {
        try {
            return base.resolve(path);
        } catch (IllegalArgumentException e) {
            throw new StoreException(
                    "\"" + RegistryNames.printable(path) + "\" is no path of the registry at " + base
                            + "; check the name of the model.",
                    e);
        }
    }

    private URI location(RegistryHttp.Answer answer, String key) {
        String location = answer.header("location").orElse("");
        try {
            URI to = base.resolve(location);
            if (!location.isEmpty()
                    && to.getHost() != null
                    && (to.getScheme().equals("http") || to.getScheme().equals("https"))) {
                return to;
            }
            throw new IllegalArgumentException("not an address of HTTP");
        } catch (IllegalArgumentException e) {
            throw new StoreException(
                    "The registry at " + base + " sends a request for " + key + " on to \""
                            + RegistryNames.printable(location)
                            + "\", which is no address of a store; check the address of the registry.",
                    e);
        }
    }

    @Override
    public List<Listed> list(String prefix, String after, int limit) {
        List<Listed> found = new ArrayList<>();
        String from = after.isEmpty() ? "" : "&after=" + URLEncoder.encode(after, StandardCharsets.UTF_8);
        Optional<URI> page = Optional.of(base.resolve("/v1/objects?limit=" + Math.min(PAGE, limit) + "&prefix="
                + URLEncoder.encode(prefix, StandardCharsets.UTF_8) + from));
        while (page.isPresent() && found.size() < limit) {
            RegistryHttp.Answer answer = get(page.get(), true);
            List<Listed> more = objects(answer, prefix);
            found.addAll(more);
            page = nextPage(answer);
            if (page.isPresent() && (more.isEmpty() || found.size() > MOST_OBJECTS)) {
                throw new StoreException(
                        "The registry at " + base + " lists " + prefix + " without an end; check the address.",
                        new IOException(found.size() + " objects"));
            }
        }
        return List.copyOf(found.subList(0, Math.min(limit, found.size())));
    }

    private List<Listed> objects(RegistryHttp.Answer answer, String prefix) {
        try (InputStream body = ok(answer, prefix)) {
            List<Listed> found = new ArrayList<>();
            for (JsonNode object : JSON.readTree(ObjectSource.within(body, prefix, MOST_PAGE_BYTES))
                    .path("objects")) {
                found.add(new Listed(
                        object.path("key").asText(),
                        object.path("bytes").asLong(),
                        Instant.parse(object.path("modified").asText())));
            }
            return found;
        } catch (JsonProcessingException | DateTimeException e) {
            throw new StoreException(
                    "The registry at " + base + " answers with a list that is none; check the address.", e);
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    /** The token goes to the registry only: a page elsewhere is none of its pages. */
    private Optional<URI> nextPage(RegistryHttp.Answer answer) {
        return answer.header("link")
                .map(NEXT::matcher)
                .filter(Matcher::matches)
                .map(link -> address(link.group(1)))
                .filter(next -> base.getScheme().equals(next.getScheme())
                        && String.valueOf(base.getAuthority()).equals(next.getAuthority()));
    }

    private RegistryHttp.Answer get(URI uri, boolean withToken) {
        try {
            return http.get(uri, withToken ? "Bearer " + token : "");
        } catch (IOException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreachable(e);
        }
    }

    private InputStream ok(RegistryHttp.Answer answer, String what) {
        if (answer.status() == OK) {
            try {
                return answer.body();
            } catch (IOException e) {
                close(answer);
                throw unreachable(e);
            }
        }
        close(answer);
        String to = answer.header("location")
                .filter(location -> answer.status() / 100 == REDIRECTION)
                .map(location -> " and sends it on to \"" + RegistryNames.printable(location)
                        + "\", where nobody follows; check the address.")
                .orElse("; check the token.");
        throw new StoreException(
                "The registry at " + base + " answered " + answer.status() + " to a request for " + what + to,
                new IOException("HTTP " + answer.status()));
    }

    private void close(RegistryHttp.Answer answer) {
        try {
            answer.close();
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
