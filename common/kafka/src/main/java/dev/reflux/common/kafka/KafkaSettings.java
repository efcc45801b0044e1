package dev.reflux.common.kafka;

import java.util.Map;

/**
 * Address and properties of the brokers. Immutable; any thread.
 *
 * @param bootstrapServers addresses as HOST:PORT, separated by commas
 * @param properties further properties of every client, such as those of security
 * @param setting name of the setting that the address came from, for error messages
 */
public record KafkaSettings(String bootstrapServers, Map<String, String> properties, String setting) {

    private static final String ADDRESS = "bootstrap-servers";

    /** Copies the properties. */
    public KafkaSettings {
        properties = Map.copyOf(properties);
    }

    /** Creates settings whose address comes from no named setting. */
    public KafkaSettings(String bootstrapServers, Map<String, String> properties) {
        this(bootstrapServers, properties, ADDRESS);
    }

    /** Returns settings without further properties. */
    public static KafkaSettings of(String bootstrapServers) {
        return new KafkaSettings(bootstrapServers, Map.of());
    }
}
