package dev.reflux.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;

/** The commented configuration files that {@code --sample-config} prints. */
final class SampleConfiguration {

    private SampleConfiguration() {}

    /**
     * Returns the sample of a service as YAML.
     *
     * @param service "teacher" or "trainer"
     * @param models the folder with the models that ship with Reflux
     */
    static String of(String service, Path models) {
        try (InputStream in = Objects.requireNonNull(
                SampleConfiguration.class.getResourceAsStream(service + ".yaml"), "no sample for " + service)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("${models}", models.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
