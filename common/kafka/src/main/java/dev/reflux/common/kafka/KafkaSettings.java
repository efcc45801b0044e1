package dev.reflux.common.kafka;

import java.util.Map;

/**
 * How to reach the brokers.
 *
 * @param bootstrapServers host:port, comma-separated
 * @param properties anything else that every client is to be given: security, above all
 * @param setting that the address came from, for whoever has to correct it
 */
public record KafkaSettings(String bootstrapServers, Map<String, String> properties, String setting) {

    private static final String ADDRESS = "bootstrap-servers";

    public KafkaSettings {
        properties = Map.copyOf(properties);
    }

    /** Where nobody can say which setting the address came from. */
    public KafkaSettings(String bootstrapServers, Map<String, String> properties) {
        this(bootstrapServers, properties, ADDRESS);
    }

    /** Brokers that ask for nothing but an address. */
    public static KafkaSettings of(String bootstrapServers) {
        return new KafkaSettings(bootstrapServers, Map.of());
    }
}
