package dev.reflux.fleet.push;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;

/**
 * A producer that sends nothing more once a record of it has failed, since what comes behind would overtake it: a record
 * may run out of time while those behind it, which are younger, are still waiting for brokers that are just coming back.
 *
 * <ol>
 *   <li>With one request on its way to a broker at a time, no record of a partition arrives behind one that failed before
 *       it, until {@link #renew}.
 *   <li>After a failure every receipt is done soon: what has not been sent is given up.
 * </ol>
 *
 * One owner thread.
 */
final class OrderedProducer implements AutoCloseable {

    private final Supplier<Producer<byte[], byte[]>> open;
    private Life life;

    /** A producer up to its first failure. The failure is told by the producer's own thread. */
    private record Life(Producer<byte[], byte[]> producer, AtomicReference<Exception> failure) {

        void failed(Exception why) {
            if (failure.compareAndSet(null, why)) {
                // In the producer's own thread this lets it end its round, and sends nothing after that.
                producer.close(Duration.ZERO);
            }
        }
    }

    /** @param open makes producers of one request in flight */
    OrderedProducer(Supplier<Producer<byte[], byte[]>> open) {
        this.open = open;
        this.life = begin();
    }

    private Life begin() {
        return new Life(open.get(), new AtomicReference<>());
    }

    /** Hands a record over; the receipt fails at once when one before it has. */
    Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
        Life now = life;
        if (failure().isPresent()) {
            return CompletableFuture.failedFuture(failure().get());
        }
        try {
            return now.producer().send(record, (sent, failure) -> {
                if (failure != null) {
                    now.failed(failure);
                }
            });
        } catch (IllegalStateException | KafkaException e) {
            // It was closed by a failure between our look and here; any other one is the first.
            now.failed(e);
            return CompletableFuture.failedFuture(failure().orElse(e));
        }
    }

    /** Why nothing is sent any more; what failed first, and not what was given up for it. */
    Optional<Exception> failure() {
        return Optional.ofNullable(life.failure().get());
    }

    /** Begins anew after a failure; otherwise does nothing. */
    void renew() {
        if (failure().isPresent()) {
            life = begin();
        }
    }

    @Override
    public void close() {
        life.producer().close(Duration.ofSeconds(5));
    }
}
