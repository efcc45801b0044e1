package dev.reflux.common.kafka;

import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.failure.UsageException;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Creates Kafka clients of bytes that lose no acknowledged record and read committed records only. Any thread. */
public final class KafkaClients {

    /** The largest record and what Kafka wraps around it. */
    private static final int MAX_REQUEST_BYTES = MessageCodec.MAX_RECORD_BYTES + (1 << 20);

    private static final int TRANSACTION_BATCH_BYTES = 1 << 20;
    private static final int ADMIN_MILLIS = 20_000;
    private static final int METADATA_MILLIS = 30_000;

    private KafkaClients() {}

    /**
     * Returns a consumer that reads committed records only and never commits by itself.
     *
     * @param kafka address and properties of the brokers
     * @param group id of the consumer group
     * @param extra properties that take precedence over all others
     * @throws UsageException when the settings name no broker that can be resolved
     */
    public static KafkaConsumer<byte[], byte[]> consumer(KafkaSettings kafka, String group, Map<String, Object> extra) {
        Map<String, Object> config = base(kafka);
        config.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        config.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "consumer");
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, MAX_REQUEST_BYTES);
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 64);
        config.putAll(extra);
        return made(kafka, () -> new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
    }

    /**
     * Returns the consumer of a {@link PollLoop}: it begins nowhere by itself, so that the loop notices records that
     * retention has removed.
     *
     * @param kafka address and properties of the brokers
     * @param group id of the consumer group
     * @param maxPollRecords the largest number of records of one poll
     * @throws UsageException when the settings name no broker that can be resolved
     */
    public static KafkaConsumer<byte[], byte[]> streamConsumer(KafkaSettings kafka, String group, int maxPollRecords) {
        return consumer(
                kafka,
                group,
                Map.of(
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "none",
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        maxPollRecords));
    }

    /**
     * Returns an idempotent producer that waits for every replica and has one request in flight. On a partition that is
     * new, or that a broker has just taken over, the first of several requests can be refused while the second is
     * accepted; the first is then out of order until it times out.
     *
     * @param kafka address and properties of the brokers
     * @param extra properties that take precedence over all others
     * @throws UsageException when the settings name no broker that can be resolved
     */
    public static KafkaProducer<byte[], byte[]> producer(KafkaSettings kafka, Map<String, Object> extra) {
        Map<String, Object> config = base(kafka);
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        // Frames are JPEG already: compressing them again costs time and saves nothing.
        config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
        config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST_BYTES);
        config.put(ProducerConfig.LINGER_MS_CONFIG, 5);
        config.putAll(extra);
        return made(kafka, () -> new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer()));
    }

    /** Returns a producer for transactions. The caller calls {@code initTransactions()}, which blocks. */
    public static KafkaProducer<byte[], byte[]> transactionalProducer(KafkaSettings kafka, String transactionalId) {
        return producer(
                kafka,
                Map.of(
                        ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                        transactionalId,
                        // Readers wait for a transaction that a killed process leaves open, until it times out.
                        ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                        10_000,
                        // All records of a transaction fit into one request. While a broker verifies the first request
                        // of
                        // a transaction it refuses further ones, which then wait for their retry.
                        ProducerConfig.BATCH_SIZE_CONFIG,
                        TRANSACTION_BATCH_BYTES));
    }

    /** Returns an admin client whose calls time out after 20 s, which bounds its closing too. */
    public static Admin admin(KafkaSettings kafka) {
        Map<String, Object> config = base(kafka);
        config.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ADMIN_MILLIS);
        config.putIfAbsent(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ADMIN_MILLIS);
        return made(kafka, () -> Admin.create(config));
    }

    private static Map<String, Object> base(KafkaSettings kafka) {
        Map<String, Object> config = new HashMap<>(kafka.properties());
        config.put("bootstrap.servers", kafka.bootstrapServers());
        // Partitions that are added to a topic are noticed within this time, instead of 5 minutes.
        config.putIfAbsent("metadata.max.age.ms", METADATA_MILLIS);
        LanguageDigits.require(config);
        return config;
    }

    private static <T> T made(KafkaSettings kafka, java.util.function.Supplier<T> client) {
        try {
            return client.get();
        } catch (ConfigException e) {
            throw new UsageException("The Kafka settings cannot be used: " + e.getMessage() + ".", e);
        } catch (KafkaException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new UsageException(
                    "No Kafka client can be created for " + kafka.bootstrapServers() + ": " + cause.getMessage() + ".",
                    e);
        }
    }
}
