package dev.reflux.registry.server;

import dev.reflux.registry.format.signing.SigningKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Settings of the HTTP API.
 *
 * @param host address to listen on
 * @param port port to listen on; 0 takes a free one
 * @param tokens tokens that the API accepts
 * @param tls certificate and key; empty serves plain HTTP, for loopback or behind a proxy that ends TLS
 * @param signer key that signs the aliases that operators move; empty leaves them unsigned
 * @param poll interval at which the server reads a watched alias from the store
 * @param mostWatchers limit of open long polls and event streams; the server answers 503 beyond it
 * @param addressValid time for which a signed address is valid
 * @param receiveWithin deadline for a whole request to arrive, from the connection's start or the last answer; the server
 *     then closes the connection
 */
public record HttpSettings(
        String host,
        int port,
        Tokens tokens,
        Optional<Tls> tls,
        Optional<SigningKey> signer,
        Duration poll,
        int mostWatchers,
        Duration addressValid,
        Duration receiveWithin) {

    /** The default of {@link #receiveWithin}. */
    public static final Duration RECEIVE_WITHIN = Duration.ofSeconds(10);

    /**
     * PEM files.
     *
     * @param certificate file of the certificate chain
     * @param key file of the private key
     */
    public record Tls(Path certificate, Path key) {}

    /**
     * Returns settings for loopback: a free port, plain HTTP, a poll each second, 20,000 watchers, addresses valid for five
     * minutes, a request within ten seconds.
     */
    public static HttpSettings loopback(Tokens tokens) {
        return new HttpSettings(
                "127.0.0.1",
                0,
                tokens,
                Optional.empty(),
                Optional.empty(),
                Duration.ofSeconds(1),
                20_000,
                Duration.ofMinutes(5),
                RECEIVE_WITHIN);
    }
}
