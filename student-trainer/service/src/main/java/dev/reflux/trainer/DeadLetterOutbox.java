package dev.reflux.trainer;

import dev.reflux.common.kafka.DeadLetter;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends dead letters, and waits until the brokers have each one, however long they are away. A letter that exceeds the
 * brokers' record limit with its headers is sent without its body. The training thread only.
 */
final class DeadLetterOutbox implements Consumer<DeadLetter> {

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterOutbox.class);
    private static final long TICK_MILLIS = 50;

    private final Producer<byte[], byte[]> producer;
    private final Pulse pulse;

    DeadLetterOutbox(Producer<byte[], byte[]> producer, Pulse pulse) {
        this.producer = producer;
        this.pulse = pulse;
    }

    /** @throws IllegalStateException if the brokers refuse the letter, or the trainer is to stop while they are away */
    @Override
    public void accept(DeadLetter letter) {
        ProducerRecord<byte[], byte[]> whole = letter.toRecord();
        try {
            send(whole);
        } catch (RecordTooLargeException e) {
            send(new ProducerRecord<>(whole.topic(), null, whole.key(), new byte[0], whole.headers()));
        }
    }

    /** A letter may be written twice: its headers name the record that it is about. */
    private void send(ProducerRecord<byte[], byte[]> letter) {
        boolean told = false;
        while (true) {
            try {
                await(producer.send(letter));
                return;
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RecordTooLargeException tooLarge) {
                    throw tooLarge;
                }
                if (!(e.getCause() instanceof RetriableException) || !pulse.goesOn()) {
                    throw new IllegalStateException("a dead letter could not be written: " + e.getCause(), e);
                }
                if (!told) {
                    LOG.warn("The brokers do not take a dead letter; training waits for them: {}", e.getMessage());
                    told = true;
                }
            }
        }
    }

    private void await(Future<RecordMetadata> sent) throws ExecutionException {
        while (true) {
            try {
                sent.get(TICK_MILLIS, TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException e) {
                if (!pulse.goesOn()) {
                    throw new IllegalStateException("the trainer stops while a dead letter is not written", e);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while a dead letter was written", e);
            }
        }
    }
}
