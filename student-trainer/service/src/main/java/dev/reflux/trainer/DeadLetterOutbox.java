package dev.reflux.trainer;

import dev.reflux.common.kafka.DeadLetter;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;

/**
 * Sends dead letters, and waits until the brokers have each one. A letter that exceeds the brokers' record limit is
 * sent with its reason and origin only. The training thread only.
 */
final class DeadLetterOutbox implements Consumer<DeadLetter> {

    private final Producer<byte[], byte[]> producer;

    DeadLetterOutbox(Producer<byte[], byte[]> producer) {
        this.producer = producer;
    }

    /** @throws IllegalStateException if the brokers do not take the letter: the trainer must not continue then */
    @Override
    public void accept(DeadLetter letter) {
        try {
            send(letter.toRecord());
        } catch (RecordTooLargeException e) {
            send(letter.reduced().toRecord());
        }
    }

    private void send(ProducerRecord<byte[], byte[]> letter) {
        try {
            producer.send(letter).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RecordTooLargeException tooLarge) {
                throw tooLarge;
            }
            throw new IllegalStateException("a dead letter could not be written: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a dead letter was written", e);
        }
    }
}
