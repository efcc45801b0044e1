package dev.reflux.common.kafka;

import dev.reflux.common.failure.Cause;
import dev.reflux.common.failure.UsageException;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * Properties of Kafka clients in a file, as Kafka's own tools read them: the place for passwords, which a list of processes
 * would show if they were arguments. Any thread.
 */
public final class KafkaPropertiesFile {

    private KafkaPropertiesFile() {}

    /**
     * Returns the properties of a client.
     *
     * @param file the file with some of them, if there is one
     * @param given further ones, which win over those of the file
     * @throws UsageException when the file cannot be read
     */
    public static Map<String, String> with(Optional<Path> file, Map<String, String> given) {
        Map<String, String> all = new HashMap<>();
        file.map(KafkaPropertiesFile::read).ifPresent(all::putAll);
        all.putAll(given);
        return all;
    }

    /**
     * Returns the properties of a file.
     *
     * @throws UsageException when it cannot be read
     */
    public static Map<String, String> read(Path file) {
        Properties read = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            read.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new UsageException(
                    "The file " + file + " of Kafka properties cannot be read (" + Cause.of(e) + "); check the path.",
                    e);
        }
        Map<String, String> properties = new HashMap<>();
        read.stringPropertyNames().forEach(name -> properties.put(name, read.getProperty(name)));
        return properties;
    }
}
