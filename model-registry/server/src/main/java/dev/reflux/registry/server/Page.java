package dev.reflux.registry.server;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * One page of a list. The {@code Link} header of the answer (RFC 8288) has the address of the next page, so that bodies
 * need no place for it.
 *
 * @param items items of the page, in the list's order
 * @param more whether the list has items after the page
 */
record Page<T>(List<T> items, boolean more) {

    /**
     * Cuts a page.
     *
     * @param found items from the page's beginning on: all of them, or at least one more than the limit
     */
    static <T> Page<T> of(List<T> found, int limit) {
        return found.size() > limit ? new Page<>(found.subList(0, limit), true) : new Page<>(found, false);
    }

    /** Cuts a page of a whole list: the items whose names come after the name in the query's {@code after}. */
    static <T> Page<T> after(ApiRequest request, List<T> sorted, Function<T, String> name) {
        Optional<String> after = request.query("after");
        List<T> found = sorted.stream()
                .filter(item -> after.isEmpty() || name.apply(item).compareTo(after.get()) > 0)
                .toList();
        return of(found, request.limit());
    }

    /**
     * Announces the next page, when there is one.
     *
     * @param parameter parameter of the query by which the next page begins
     * @param beginning value of the parameter, from the last item of this page
     */
    Page<T> linkedFrom(ApiRequest request, String parameter, Function<T, Object> beginning) {
        if (more) {
            StringBuilder address = new StringBuilder(
                            request.context().request().path())
                    .append("?limit=")
                    .append(request.number("limit"));
            request.query("prefix").ifPresent(prefix -> append(address, "prefix", prefix));
            append(address, parameter, beginning.apply(items.get(items.size() - 1)));
            request.context().response().putHeader("Link", "<" + address + ">; rel=\"next\"");
        }
        return this;
    }

    private static void append(StringBuilder address, String name, Object value) {
        address.append('&')
                .append(name)
                .append('=')
                .append(URLEncoder.encode(String.valueOf(value), StandardCharsets.UTF_8));
    }
}
