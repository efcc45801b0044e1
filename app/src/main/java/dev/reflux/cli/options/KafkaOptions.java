package dev.reflux.cli.options;

import dev.reflux.common.kafka.KafkaSettings;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** Where the brokers are. */
public final class KafkaOptions {

    private static final String ADDRESS = "--bootstrap-servers";

    @Option(
            names = ADDRESS,
            paramLabel = "HOST:PORT",
            defaultValue = "${env:REFLUX_KAFKA_BOOTSTRAP_SERVERS:-localhost:9092}",
            description = "Kafka brokers (REFLUX_KAFKA_BOOTSTRAP_SERVERS; default: ${DEFAULT-VALUE}).")
    private String bootstrapServers = "";

    @Option(
            names = "--kafka-property",
            paramLabel = "KEY=VALUE",
            description = "Anything else for Kafka's clients, such as security.protocol=SSL; may be given again.")
    private Map<String, String> properties = new LinkedHashMap<>();

    public KafkaSettings settings() {
        return new KafkaSettings(bootstrapServers, properties, ADDRESS);
    }
}
