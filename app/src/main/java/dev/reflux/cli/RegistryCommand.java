package dev.reflux.cli;

import dev.reflux.cli.options.StoreOptions;
import dev.reflux.common.failure.UsageException;
import dev.reflux.registry.server.HttpSettings;
import dev.reflux.registry.server.RegistryMain;
import dev.reflux.registry.server.Tokens;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Serves the registry over HTTP. */
@Command(
        name = "registry",
        mixinStandardHelpOptions = true,
        description = "Serve the registry over HTTP, so that vehicles need a token and no keys of the bucket."
                + " GET /v1/openapi.json describes it.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux models token car-7 --tokens tokens.json",
            "  reflux registry --tokens tokens.json --local run",
            "  reflux registry --tokens tokens.json --host 0.0.0.0 --health-port 8083",
            "  reflux registry --tokens tokens.json --host 0.0.0.0 --tls-cert cert.pem --tls-key key.pem",
        })
final class RegistryCommand implements Callable<Integer> {

    @Option(names = "--host", defaultValue = "127.0.0.1", description = "Address (default: ${DEFAULT-VALUE}).")
    private String host = "";

    @Option(names = "--port", defaultValue = "8088", description = "Port; 0: a free one (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--health-port",
            paramLabel = "PORT",
            description = "Port of /livez, /readyz and /metrics; 0: a free one (default: they are not served).")
    private @Nullable Integer healthPort;

    @Option(names = "--tokens", paramLabel = "FILE", required = true, description = "Hashes of the tokens.")
    private Path tokens = Path.of("tokens.json");

    @Option(names = "--tls-cert", paramLabel = "PEM", description = "Certificate chain.")
    private @Nullable Path certificate;

    @Option(names = "--tls-key", paramLabel = "PEM", description = "Its key.")
    private @Nullable Path key;

    @Option(
            names = "--poll",
            paramLabel = "MILLIS",
            defaultValue = "1000",
            description = "How often the store is asked for a watched alias (default: ${DEFAULT-VALUE}).")
    private int pollMillis;

    @Option(
            names = "--watchers",
            defaultValue = "20000",
            description = "Watchers at a time, at most (default: ${DEFAULT-VALUE}).")
    private int watchers;

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Override
    public Integer call() throws Exception {
        if ((certificate == null) != (key == null)) {
            throw new UsageException("TLS needs both a certificate and its key; give --tls-cert and --tls-key.");
        }
        if (pollMillis < 1 || watchers < 1) {
            throw new UsageException("--poll and --watchers must be above 0.");
        }
        HttpSettings settings = new HttpSettings(
                host,
                port,
                Tokens.read(tokens),
                certificate == null || key == null
                        ? Optional.empty()
                        : Optional.of(new HttpSettings.Tls(certificate, key)),
                Duration.ofMillis(pollMillis),
                watchers,
                Duration.ofMinutes(5),
                HttpSettings.RECEIVE_WITHIN);
        try (StoreOptions.OpenedStore opened = store.openStore()) {
            return RegistryMain.run(
                    opened.store(), settings, healthPort == null ? OptionalInt.empty() : OptionalInt.of(healthPort));
        }
    }
}
