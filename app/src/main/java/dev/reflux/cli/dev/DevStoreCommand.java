package dev.reflux.cli.dev;

import dev.reflux.cli.options.HealthOption;
import dev.reflux.common.failure.UsageException;
import dev.reflux.embedded.EmbeddedS3;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs an S3 endpoint that keeps its objects in a folder. */
@Command(
        name = "store",
        mixinStandardHelpOptions = true,
        description = "Run an S3 endpoint that keeps its objects in a folder.",
        footerHeading = "%nExamples:%n",
        footer = {"  reflux dev store --data store --port 9000"})
final class DevStoreCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "Folder of the objects.")
    private Path data = Path.of(".");

    @Option(
            names = "--host",
            defaultValue = "127.0.0.1",
            description = "Address to listen on (default: ${DEFAULT-VALUE}).")
    private String host = "";

    @Option(names = "--port", paramLabel = "N", defaultValue = "0", description = "Port; 0 takes a free one (default).")
    private int port;

    @Option(
            names = "--access-key",
            defaultValue = EmbeddedS3.ACCESS_KEY,
            description = "Access key (default: ${DEFAULT-VALUE}).")
    private String accessKey = "";

    @Option(
            names = "--secret-key-file",
            paramLabel = "FILE",
            description = "File whose first line is the secret key (default: the key that every local store has).")
    private @Nullable Path secretKeyFile;

    @Mixin
    private HealthOption health = new HealthOption();

    @Override
    public Integer call() throws InterruptedException {
        if (secretKeyFile == null && !host.equals("127.0.0.1")) {
            throw new UsageException(
                    "A store that other machines can reach needs its own secret key; give --secret-key-file.");
        }
        DevPorts.requireFree(port);
        EmbeddedS3 store = EmbeddedS3.start(data, host, port, accessKey, secretKey());
        spec.commandLine().getOut().println("The S3 endpoint accepts requests at " + store.endpoint() + ".");
        health.serveUntilStopped(store::close);
        return 0;
    }

    private String secretKey() {
        if (secretKeyFile == null) {
            return EmbeddedS3.SECRET_KEY;
        }
        try {
            return Files.readString(secretKeyFile).lines().findFirst().orElse("");
        } catch (IOException e) {
            throw new UsageException("The secret key cannot be read from " + secretKeyFile + "; check the path.", e);
        }
    }
}
