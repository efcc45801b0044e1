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

/** Kafka clients as Reflux wants them: bytes in, bytes out; nothing lost, nothing uncommitted seen. */
public final class KafkaClients {

    /** A record and what Kafka wraps around it. */
    private static final int MAX_REQUEST_BYTES = MessageCodec.MAX_RECORD_BYTES + (1 << 20);

    private static final int TRANSACTION_BATCH_BYTES = 1 << 20;
    private static final int ADMIN_MILLIS = 20_000;

    private KafkaClients() {}

    /**
     * A consumer that sees committed records only and never commits by itself.
     *
     * @param extra wins over everything else
     * @throws UsageException when the settings name no broker that can be looked up
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
     * An idempotent producer that waits for every replica, one request at a time: on a partition that is new, or that a
     * broker has just taken over, a first request can be refused where a second one is taken, and then the first is out of
     * order until it times out.
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

    /** A producer for transactions; {@code initTransactions()} is the caller's to call, off any event loop. */
    public static KafkaProducer<byte[], byte[]> transactionalProducer(KafkaSettings kafka, String transactionalId) {
        return producer(
                kafka,
                Map.of(
                        ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                        transactionalId,
                        // What a killed process leaves open must not hold up its readers for long.
                        ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                        10_000,
                        // A transaction's records in one request, not in one each: a broker that is still looking into
                        // the first one of a transaction refuses the others, which then wait for their retry.
                        ProducerConfig.BATCH_SIZE_CONFIG,
                        TRANSACTION_BATCH_BYTES));
    }

    /** Gives up by itself after 20 s, so that closing it waits for nothing longer. */
    public static Admin admin(KafkaSettings kafka) {
        Map<String, Object> config = base(kafka);
        config.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ADMIN_MILLIS);
        config.putIfAbsent(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ADMIN_MILLIS);
        return made(kafka, () -> Admin.create(config));
    }

    private static Map<String, Object> base(KafkaSettings kafka) {
        Map<String, Object> config = new HashMap<>(kafka.properties());
        config.put("bootstrap.servers", kafka.bootstrapServers());
        return config;
    }

    private static <T> T made(KafkaSettings kafka, java.util.function.Supplier<T> client) {
        try {
            return client.get();
        } catch (ConfigException e) {
            throw new UsageException("Kafka's settings are not usable: " + e.getMessage() + ".", e);
        } catch (KafkaException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new UsageException(
                    "No Kafka client can be made for " + kafka.bootstrapServers() + ": " + cause.getMessage() + ".", e);
        }
    }
}
