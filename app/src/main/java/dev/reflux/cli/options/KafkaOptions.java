package dev.reflux.cli.options;

import dev.reflux.common.config.SecretArguments;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.kafka.KafkaPropertiesFile;
import dev.reflux.common.kafka.KafkaSettings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a client of Kafka. */
public final class KafkaOptions {

    private static final String ADDRESS = "--bootstrap-servers";

    @Option(
            names = ADDRESS,
            paramLabel = "HOST:PORT",
            defaultValue = "${env:REFLUX_KAFKA_BOOTSTRAP_SERVERS:-localhost:9092}",
            description = "Kafka brokers (default: REFLUX_KAFKA_BOOTSTRAP_SERVERS, or localhost:9092).")
    private String bootstrapServers = "";

    @Option(
            names = "--kafka-property",
            paramLabel = "KEY=VALUE",
            description = "Property of the Kafka clients, such as security.protocol=SSL; can be repeated.")
    private Map<String, String> properties = new LinkedHashMap<>();

    @Option(
            names = "--kafka-properties",
            paramLabel = "FILE",
            description = "File with properties of the Kafka clients, such as passwords; --kafka-property wins.")
    private @Nullable Path propertiesFile;

    /**
     * Returns the settings of the clients.
     *
     * @throws UsageException when a secret is an argument, or the file cannot be read
     */
    public KafkaSettings settings() {
        SecretArguments.refuse(properties.keySet(), "in a file that --kafka-properties names");
        Map<String, String> all = KafkaPropertiesFile.with(Optional.ofNullable(propertiesFile), properties);
        return new KafkaSettings(bootstrapServers, all, ADDRESS);
    }
}
