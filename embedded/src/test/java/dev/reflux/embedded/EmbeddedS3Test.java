package dev.reflux.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That it is a store and keeps strangers out; what it keeps under races is the registry's contract suite to show. */
class EmbeddedS3Test {

    @Test
    void givenNoSignature_whenAskedToMakeABucket_thenTheDoorStaysShut(@TempDir Path directory) throws IOException {
        Path data = Files.createDirectories(directory.resolve("new/store"));
        Files.createDirectories(data.resolve("bucket"));
        try (EmbeddedS3 store = EmbeddedS3.start(data)) {
            int status = status(store.endpoint().resolve("/other"));

            assertThat(status).isEqualTo(403);
        }
    }

    @Test
    void givenAPort_whenStartedThereTwiceInTurn_thenBothTimesItAnswers(@TempDir Path directory) throws IOException {
        Files.createDirectories(directory.resolve("bucket"));
        int port;
        try (EmbeddedS3 first = EmbeddedS3.start(directory)) {
            port = first.endpoint().getPort();
        }

        try (EmbeddedS3 second = EmbeddedS3.start(directory, port)) {
            assertThat(second.endpoint().getPort()).isEqualTo(port);
            assertThat(status(second.endpoint().resolve("/other"))).isEqualTo(403);
        }
    }

    private static int status(URI uri) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.setRequestMethod("PUT");
        try {
            return connection.getResponseCode();
        } finally {
            connection.disconnect();
        }
    }
}
