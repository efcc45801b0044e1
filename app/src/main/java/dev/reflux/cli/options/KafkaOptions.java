package dev.reflux.cli.options;

import dev.reflux.common.kafka.KafkaSettings;
import java.util.LinkedHashMap;
import java.util.Map;
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

    /** Returns the settings of the clients. */
    public KafkaSettings settings() {
        return new KafkaSettings(bootstrapServers, properties, ADDRESS);
    }
}
