package dev.reflux.registry.server;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How the API is served.
 *
 * @param host address to listen on
 * @param port 0: a free one
 * @param tokens who may come in
 * @param tls empty: plain HTTP, for loopback or behind a proxy that speaks TLS
 * @param poll how often the store is asked where a watched alias points
 * @param mostWatchers long-polls and event streams at a time; more are told to come later
 * @param addressValid how long an address is signed for
 */
public record HttpSettings(
        String host,
        int port,
        Tokens tokens,
        Optional<Tls> tls,
        Duration poll,
        int mostWatchers,
        Duration addressValid) {

    /** PEM files. */
    public record Tls(Path certificate, Path key) {}

    /** Loopback, a free port, a poll each second, 20,000 watchers, addresses for five minutes. */
    public static HttpSettings loopback(Tokens tokens) {
        return new HttpSettings(
                "127.0.0.1", 0, tokens, Optional.empty(), Duration.ofSeconds(1), 20_000, Duration.ofMinutes(5));
    }
}
