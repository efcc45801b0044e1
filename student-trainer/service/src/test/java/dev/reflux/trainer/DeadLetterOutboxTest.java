package dev.reflux.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.Rejection;
import dev.reflux.common.kafka.DeadLetter;
import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.kafka.Topics;
import dev.reflux.embedded.EmbeddedKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class DeadLetterOutboxTest {

    private static final TopicPartition LETTERS = new TopicPartition(Topics.DEAD_LETTER, 0);

    @TempDir
    private Path directory;

    private static DeadLetter letter() {
        ConsumerRecord<byte[], byte[]> record =
                new ConsumerRecord<>(Topics.DISTILLATION_SAMPLES, 0, 7, "camera".getBytes(), new byte[] {1, 2, 3});
        return DeadLetter.of(
                record, "trainer.ingest", new RejectedFrameException(Rejection.MALFORMED_MESSAGE, "It is no message."));
    }

    /** Sends that give up after a second, so that the brokers are away for several of them. */
    private static KafkaProducer<byte[], byte[]> producer(KafkaSettings kafka) {
        return KafkaClients.producer(
                kafka,
                Map.of(
                        "delivery.timeout.ms", 1000,
                        "request.timeout.ms", 500,
                        "linger.ms", 0,
                        "max.block.ms", 1000));
    }

    @Test
    void givenBrokersThatAreAwayForLongerThanASendLasts_whenALetterIsWritten_thenItIsThereOnceTheyAreBack()
            throws Exception {
        EmbeddedKafka before = EmbeddedKafka.start(directory);
        KafkaSettings kafka = KafkaSettings.of(before.bootstrapServers());
        Topics.ensure(kafka, new Topics.Plan(1, (short) 1, -1));
        before.close();
        AtomicInteger turns = new AtomicInteger();
        try (KafkaProducer<byte[], byte[]> producer = producer(kafka)) {
            DeadLetterOutbox outbox = new DeadLetterOutbox(producer, new Pulse(() -> false, turns::incrementAndGet));
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> outbox.accept(letter()));
            await().during(Duration.ofSeconds(4)).atMost(Duration.ofSeconds(30)).until(() -> !writing.isDone());

            try (EmbeddedKafka again = EmbeddedKafka.start(directory, before.port());
                    KafkaConsumer<byte[], byte[]> reader = KafkaClients.consumer(kafka, "reader", Map.of())) {
                writing.get();
                reader.assign(List.of(LETTERS));
                reader.seekToBeginning(List.of(LETTERS));
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> reader.poll(Duration.ofMillis(200)).count() > 0);
            }
        }
        assertThat(turns.get()).as("it said that it is alive").isPositive();
    }

    @Test
    void givenNoBroker_whenTheTrainerIsToStop_thenTheWaitEnds() {
        try (KafkaProducer<byte[], byte[]> producer = producer(KafkaSettings.of("127.0.0.1:1"))) {
            DeadLetterOutbox outbox = new DeadLetterOutbox(producer, new Pulse(() -> true, () -> {}));

            assertThatThrownBy(() -> outbox.accept(letter())).isInstanceOf(IllegalStateException.class);
        }
    }
}
