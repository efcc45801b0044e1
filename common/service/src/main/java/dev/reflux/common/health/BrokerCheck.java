package dev.reflux.common.health;

import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.KafkaSettings;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the brokers every 5 s whether they answer. Kafka's clients retry without an error when they lose the brokers, so
 * a service without brokers would otherwise report that it is ready.
 *
 * <ol>
 *   <li>The check fails while no broker answers. The start and the end of an outage are logged once each.
 *   <li>A thread of its own asks, so no caller waits.
 * </ol>
 *
 * All methods may be called from any thread.
 */
public final class BrokerCheck implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerCheck.class);
    private static final Duration EVERY = Duration.ofSeconds(5);
    private static final int ANSWER_MILLIS = 5_000;

    private final KafkaSettings kafka;
    private final Admin admin;
    private final ScheduledExecutorService thread;
    private final AtomicReference<Optional<String>> complaint = new AtomicReference<>(Optional.empty());

    private BrokerCheck(KafkaSettings kafka) {
        this.kafka = kafka;
        this.admin = KafkaClients.admin(kafka);
        this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread watching = new Thread(task, "kafka-watch");
            watching.setDaemon(true);
            return watching;
        });
    }

    /** Starts to ask. */
    public static BrokerCheck start(KafkaSettings kafka) {
        BrokerCheck watch = new BrokerCheck(kafka);
        watch.thread.scheduleWithFixedDelay(watch::look, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
        return watch;
    }

    /** Returns the readiness check. */
    public Check readiness() {
        return Check.of("broker", complaint::get);
    }

    private void look() {
        try {
            admin.describeCluster(new DescribeClusterOptions().timeoutMs(ANSWER_MILLIS))
                    .nodes()
                    .get(2L * ANSWER_MILLIS, TimeUnit.MILLISECONDS);
            if (complaint.getAndSet(Optional.empty()).isPresent()) {
                LOG.info("Kafka answers again at {}.", kafka.bootstrapServers());
            }
        } catch (ExecutionException | TimeoutException e) {
            String sentence = "No Kafka broker answers at " + kafka.bootstrapServers() + ".";
            if (complaint.getAndSet(Optional.of(sentence)).isEmpty()) {
                LOG.warn("{} Retrying until one does.", sentence);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        admin.close(Duration.ZERO);
    }
}
