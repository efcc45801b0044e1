package dev.reflux.registry.server;

import dev.reflux.common.failure.UsageException;
import dev.reflux.registry.store.StoreSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that name the S3 bucket of the registry. */
public final class S3Options {

    @Option(
            names = "--s3",
            paramLabel = "URL",
            defaultValue = "${env:REFLUX_S3_ENDPOINT:-http://localhost:9000}",
            description = "S3 endpoint (default: REFLUX_S3_ENDPOINT, or http://localhost:9000).")
    private URI endpoint = URI.create("http://localhost:9000");

    @Option(
            names = "--bucket",
            defaultValue = "${env:REFLUX_S3_BUCKET:-reflux}",
            description = "Bucket (default: REFLUX_S3_BUCKET, or reflux).")
    private String bucket = "";

    @Option(
            names = "--region",
            defaultValue = "${env:REFLUX_S3_REGION:-us-east-1}",
            description = "Region (default: REFLUX_S3_REGION, or us-east-1).")
    private String region = "";

    @Option(
            names = "--access-key",
            defaultValue = "${env:REFLUX_S3_ACCESS_KEY:-}",
            description = "Access key (REFLUX_S3_ACCESS_KEY).")
    private String accessKey = "";

    @Option(
            names = "--secret-key-file",
            paramLabel = "FILE",
            defaultValue = "${env:REFLUX_S3_SECRET_KEY_FILE:-" + Option.NULL_VALUE + "}",
            description = "File whose first line is the secret key (REFLUX_S3_SECRET_KEY_FILE, or the key itself in"
                    + " REFLUX_S3_SECRET_KEY).")
    private @Nullable Path secretKeyFile;

    /**
     * Returns the bucket's address and keys.
     *
     * @param otherwise what else the user can do when there are no keys, as the end of a sentence
     * @throws UsageException if the keys are missing
     */
    public StoreSettings settings(String otherwise) {
        return new StoreSettings(endpoint, region, bucket, accessKey, secretKey(otherwise));
    }

    private String secretKey(String otherwise) {
        if (secretKeyFile != null) {
            return firstLine(secretKeyFile, "secret key");
        }
        String fromEnvironment = System.getenv("REFLUX_S3_SECRET_KEY");
        if (fromEnvironment == null || accessKey.isEmpty()) {
            throw new UsageException("The store at " + endpoint
                    + " needs keys; set REFLUX_S3_ACCESS_KEY and REFLUX_S3_SECRET_KEY (or REFLUX_S3_SECRET_KEY_FILE)"
                    + otherwise + ".");
        }
        return fromEnvironment;
    }

    /**
     * Returns the first line of a file with a secret.
     *
     * @param what the name of the secret in the sentence of a failure
     * @throws UsageException if the file cannot be read
     */
    public static String firstLine(Path file, String what) {
        try {
            return Files.readString(file).lines().findFirst().orElse("");
        } catch (IOException e) {
            throw new UsageException("The " + what + " cannot be read from " + file + "; check the path.", e);
        }
    }
}
