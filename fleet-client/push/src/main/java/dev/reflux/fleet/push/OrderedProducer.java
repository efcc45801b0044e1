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
 * A producer that sends nothing after a record has failed, because later records would overtake it: a record may time out
 * while younger records still wait for brokers that are starting again.
 *
 * <ol>
 *   <li>With one request to a broker at a time, no record of a partition arrives after one that failed before it, until
 *       {@link #renew}.
 *   <li>After a failure every receipt completes soon: records that were not sent are given up.
 * </ol>
 *
 * One owner thread.
 */
final class OrderedProducer implements AutoCloseable {

    private final Supplier<Producer<byte[], byte[]>> open;
    private Life life;

    /**
     * The record that failed first.
     *
     * @param record the record
     * @param why the failure
     */
    record Failure(ProducerRecord<byte[], byte[]> record, Exception why) {}

    /** A producer until its first failure, which is set by the producer's own thread. */
    private record Life(Producer<byte[], byte[]> producer, AtomicReference<Failure> failure) {

        void failed(ProducerRecord<byte[], byte[]> record, Exception why) {
            if (failure.compareAndSet(null, new Failure(record, why))) {
                // On the producer's own thread, this ends its current round and sends nothing after it.
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
            return CompletableFuture.failedFuture(failure().get().why());
        }
        try {
            return now.producer().send(record, (sent, failure) -> {
                if (failure != null) {
                    now.failed(record, failure);
                }
            });
        } catch (IllegalStateException | KafkaException e) {
            // A failure closed it after the check above; any other failure is the first one.
            now.failed(record, e);
            return CompletableFuture.failedFuture(failure().map(Failure::why).orElse(e));
        }
    }

    /** Returns why nothing is sent any more: the first failure, not the records given up because of it. */
    Optional<Failure> failure() {
        return Optional.ofNullable(life.failure().get());
    }

    /** Opens a new producer after a failure; otherwise does nothing. */
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
