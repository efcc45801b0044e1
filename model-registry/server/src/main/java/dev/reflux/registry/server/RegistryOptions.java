package dev.reflux.registry.server;

import dev.reflux.common.failure.UsageException;
import dev.reflux.registry.format.signing.SigningKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a command that serves the registry over HTTP. */
public final class RegistryOptions {

    /** How long a signed address of the store is valid. */
    private static final Duration ADDRESS_VALID = Duration.ofMinutes(5);

    @Option(
            names = "--host",
            defaultValue = "127.0.0.1",
            description = "Address to listen on (default: ${DEFAULT-VALUE}).")
    private String host = "";

    @Option(
            names = "--port",
            defaultValue = "8088",
            description = "Port to listen on; 0 takes a free one (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--health-port",
            paramLabel = "PORT",
            description = "Port of /livez, /readyz and /metrics; 0 takes a free one (default: they are not served).")
    private @Nullable Integer healthPort;

    @Option(
            names = "--tokens",
            paramLabel = "FILE",
            required = true,
            description = "File with the hashes of the tokens; \"reflux models token\" writes it.")
    private Path tokens = Path.of("tokens.json");

    @Option(names = "--tls-cert", paramLabel = "PEM", description = "Certificate chain for TLS.")
    private @Nullable Path certificate;

    @Option(names = "--tls-key", paramLabel = "PEM", description = "Private key of the certificate.")
    private @Nullable Path key;

    @Option(
            names = "--key",
            paramLabel = "FILE",
            description = "Key that signs the aliases that admins move; \"models key\" makes it (default: they are not"
                    + " signed).")
    private @Nullable Path signer;

    @Option(
            names = "--poll",
            paramLabel = "MILLIS",
            defaultValue = "1000",
            description = "Interval at which the store is read for watched aliases (default: ${DEFAULT-VALUE}).")
    private int pollMillis;

    @Option(
            names = "--watchers",
            defaultValue = "20000",
            description = "Greatest number of concurrent watchers (default: ${DEFAULT-VALUE}).")
    private int watchers;

    /**
     * Returns the settings of the server.
     *
     * @throws UsageException if an option is out of range or the tokens cannot be read
     */
    public HttpSettings settings() {
        if ((certificate == null) != (key == null)) {
            throw new UsageException("TLS needs both a certificate and its key; give --tls-cert and --tls-key.");
        }
        if (pollMillis < 1 || watchers < 1) {
            throw new UsageException("--poll and --watchers must be above 0.");
        }
        return new HttpSettings(
                host,
                port,
                Tokens.read(tokens),
                certificate == null || key == null
                        ? Optional.empty()
                        : Optional.of(new HttpSettings.Tls(certificate, key)),
                Optional.ofNullable(signer).map(SigningKey::read),
                Duration.ofMillis(pollMillis),
                watchers,
                ADDRESS_VALID,
                HttpSettings.RECEIVE_WITHIN);
    }

    /** Returns the port of the probes, if they are served. */
    public OptionalInt healthPort() {
        return healthPort == null ? OptionalInt.empty() : OptionalInt.of(healthPort);
    }
}
