package dev.reflux.common.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.Rejection;
import dev.reflux.common.failure.UsageException;
import dev.reflux.embedded.EmbeddedKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicsTest {

    private static final TopicPartition DEAD_LETTERS = new TopicPartition(Topics.DEAD_LETTER, 0);

    @TempDir
    private static Path directory;

    private static EmbeddedKafka broker;
    private static KafkaSettings kafka;

    @BeforeAll
    static void start() {
        broker = EmbeddedKafka.start(directory);
        kafka = KafkaSettings.of(broker.bootstrapServers());
        Topics.ensure(kafka, new Topics.Plan(2, (short) 1, -1));
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void givenARefusedRecord_whenSentToTheDeadLetterTopic_thenItComesBackWholeWithItsReason() throws Exception {
        var source = new ConsumerRecord<>("frames.labeled", 1, 42L, new byte[] {1}, new byte[] {2, 3});
        var why = new RejectedFrameException(Rejection.LABEL_SIZE_MISMATCH, "The label is 4x3 …");
        try (KafkaProducer<byte[], byte[]> producer = KafkaClients.producer(kafka, Map.of())) {
            producer.send(DeadLetter.of(source, "teacher.ingest", why).toRecord())
                    .get();
        }
        DeadLetter letter;
        try (KafkaConsumer<byte[], byte[]> consumer = KafkaClients.consumer(kafka, "letters", Map.of())) {
            consumer.subscribe(List.of(Topics.DEAD_LETTER));
            letter = await()
                    .until(
                            () -> List.copyOf(
                                    consumer.poll(Duration.ofMillis(100)).records(DEAD_LETTERS)),
                            records -> records.size() == 1)
                    .stream()
                    .map(DeadLetter::read)
                    .findFirst()
                    .orElseThrow();
        }

        assertThat(letter)
                .usingRecursiveComparison()
                .isEqualTo(new DeadLetter(
                        "teacher.ingest",
                        Rejection.LABEL_SIZE_MISMATCH,
                        "The label is 4x3 …",
                        "frames.labeled",
                        1,
                        42L,
                        new byte[] {1},
                        new byte[] {2, 3},
                        Optional.empty()));
    }

    @Test
    void givenTopicsThatAreThere_whenEnsuredAgain_thenTheyStay() throws Exception {
        Topics.ensure(kafka, new Topics.Plan(5, (short) 1, 1000));

        try (Admin admin = KafkaClients.admin(kafka)) {
            var description = admin.describeTopics(List.of(Topics.FRAMES_LABELED))
                    .allTopicNames()
                    .get();
            assertThat(description.get(Topics.FRAMES_LABELED).partitions()).hasSize(2);
        }
    }

    @Test
    void givenAnAddressWithoutAPort_whenAClientIsMade_thenOneSentenceNamesIt() {
        assertThatThrownBy(() -> KafkaClients.producer(KafkaSettings.of("nowhere"), Map.of()))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("nowhere");
    }
}
