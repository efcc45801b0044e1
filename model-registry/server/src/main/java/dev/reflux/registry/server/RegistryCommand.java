package dev.reflux.registry.server;

import dev.reflux.registry.store.MinioStore;
import dev.reflux.registry.store.ObjectStore;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Serves the registry of an S3 bucket over HTTP. */
@Command(
        name = "registry",
        mixinStandardHelpOptions = true,
        description = RegistryCommand.DESCRIPTION,
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux registry --tokens tokens.json --host 0.0.0.0 --health-port 8083",
            "  reflux registry --tokens tokens.json --host 0.0.0.0 --tls-cert cert.pem --tls-key key.pem",
        })
public final class RegistryCommand implements Callable<Integer> {

    /** What the help says of the command. */
    public static final String DESCRIPTION =
            "Serve the registry over HTTP, so that vehicles need a token and no keys of the bucket."
                    + " GET /v1/openapi.json describes the API.";

    @Mixin
    private RegistryOptions server = new RegistryOptions();

    @Mixin
    private S3Options s3 = new S3Options();

    @Override
    public Integer call() throws Exception {
        HttpSettings settings = server.settings();
        try (ObjectStore store = MinioStore.open(s3.settings(""))) {
            return RegistryMain.run(store, settings, server.healthPort());
        }
    }
}
