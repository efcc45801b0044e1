package dev.reflux.teacher;

import dev.reflux.common.failure.UsageException;
import java.time.Duration;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prepares the producer of the transactions. Kafka's client waits for a broker without a word, a minute by default; this
 * class reports what the teacher waits for. Belongs to the thread that starts the service.
 */
final class ProducerStart {

    private static final Logger LOG = LoggerFactory.getLogger(ProducerStart.class);

    /** A broker that is there answers sooner. */
    private static final Duration REPORT_AFTER = Duration.ofSeconds(3);

    private final Workers workers;

    ProducerStart(Workers workers) {
        this.workers = workers;
    }

    /**
     * Creates a producer and initializes its transactions.
     *
     * @throws UsageException if no broker answers within the client's {@code max.block.ms}, or it refuses transactions
     */
    Producer<byte[], byte[]> initialized(TeacherSettings settings, ProducerFactory producers) {
        Producer<byte[], byte[]> producer = producers.create(settings);
        try (Workers.Timer report = workers.after(REPORT_AFTER, () -> reportWaiting(settings))) {
            producer.initTransactions();
            return producer;
        } catch (KafkaException e) {
            producer.close(Duration.ZERO);
            throw new UsageException(
                    "No transaction can be started at " + settings.kafka().bootstrapServers() + " (" + e.getMessage()
                            + "); start a broker there or correct "
                            + settings.kafka().setting() + ".",
                    e);
        }
    }

    private static void reportWaiting(TeacherSettings settings) {
        LOG.warn(
                "Waiting for a Kafka broker at {}; start one there or correct {}.",
                settings.kafka().bootstrapServers(),
                settings.kafka().setting());
    }
}
