package dev.reflux.common.kafka;

import java.util.Map;

/**
 * How to reach the brokers.
 *
 * @param bootstrapServers host:port, comma-separated
 * @param properties anything else that every client is to be given: security, above all
 */
public record KafkaSettings(String bootstrapServers, Map<String, String> properties) {

    public KafkaSettings {
        properties = Map.copyOf(properties);
    }

    /** Brokers that ask for nothing but an address. */
    public static KafkaSettings of(String bootstrapServers) {
        return new KafkaSettings(bootstrapServers, Map.of());
    }
}
