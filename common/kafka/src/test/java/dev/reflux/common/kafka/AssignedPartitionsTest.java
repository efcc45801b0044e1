package dev.reflux.common.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reflux.common.failure.UsageException;
import dev.reflux.embedded.EmbeddedKafka;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AssignedPartitionsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private static Path directory;

    private static EmbeddedKafka broker;
    private static KafkaSettings kafka;

    @BeforeAll
    static void start() {
        broker = EmbeddedKafka.start(directory);
        kafka = KafkaSettings.of(broker.bootstrapServers());
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static final class Taken implements RecordSink {
        private final Queue<String> values = new ConcurrentLinkedQueue<>();
        private final Queue<String> removed = new ConcurrentLinkedQueue<>();

        @Override
        public void accept(ConsumerRecord<byte[], byte[]> record, Receipt receipt) {
            values.add(new String(record.value(), StandardCharsets.UTF_8));
            receipt.done();
        }

        @Override
        public void removed(TopicPartition partition, long from, long to) {
            removed.add(partition + " " + from + ".." + to);
        }
    }

    private static PollLoop loop(String topic, Map<TopicPartition, Long> nextOffsets) {
        return new PollLoop(
                "test-" + topic,
                new RecordSource.Assignment(topic, nextOffsets),
                PollSettings.of(100),
                KafkaClients.consumer(kafka, topic, Map.of("auto.offset.reset", "none", "metadata.max.age.ms", "300")));
    }

    private static void create(Admin admin, String topic) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
    }

    private static void send(String topic, int partition, int from, int to) {
        try (KafkaProducer<byte[], byte[]> producer = KafkaClients.producer(kafka, Map.of())) {
            for (int i = from; i < to; i++) {
                producer.send(new ProducerRecord<>(
                        topic, partition, null, String.valueOf(i).getBytes(StandardCharsets.UTF_8)));
            }
        }
    }

    @Test
    void givenALoopThatRuns_whenAPartitionIsAdded_thenItIsReadFromItsBeginningAndNothingElseAgain() throws Exception {
        Taken sink = new Taken();
        try (Admin admin = KafkaClients.admin(kafka)) {
            create(admin, "grows");
            send("grows", 0, 0, 3);
            try (PollLoop loop = loop("grows", Map.of()).start(sink)) {
                await().atMost(PATIENCE).until(() -> sink.values.size() == 3);

                admin.createPartitions(Map.of("grows", NewPartitions.increaseTo(2)))
                        .all()
                        .get();
                send("grows", 1, 10, 13);
                send("grows", 0, 3, 4);

                await().atMost(PATIENCE).until(() -> sink.values.size() >= 7);
                assertThat(sink.values).containsExactlyInAnyOrder("0", "1", "2", "3", "10", "11", "12");
                assertThat(sink.removed).isEmpty();
                assertThat(loop.failure()).isEmpty();
            }
        }
    }

    @Test
    void givenRecordsThatRetentionHasRemoved_whenReadFromBeforeThem_thenTheGapIsToldAndReadingGoesOnBehindIt()
            throws Exception {
        Taken sink = new Taken();
        TopicPartition partition = new TopicPartition("shrinks", 0);
        try (Admin admin = KafkaClients.admin(kafka)) {
            create(admin, "shrinks");
            send("shrinks", 0, 0, 10);
            admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(6)))
                    .all()
                    .get();

            try (PollLoop loop = loop("shrinks", Map.of(partition, 2L)).start(sink)) {

                await().atMost(PATIENCE).until(() -> sink.values.size() == 4);
                assertThat(sink.values).containsExactly("6", "7", "8", "9");
                assertThat(sink.removed).containsExactly("shrinks-0 2..6");
                assertThat(loop.failure()).isEmpty();
            }
        }
    }

    @Test
    void givenAPositionBehindTheEnd_whenRead_thenTheLoopEndsWithOneSentenceInsteadOfBeginningAgain() throws Exception {
        Taken sink = new Taken();
        try (Admin admin = KafkaClients.admin(kafka)) {
            create(admin, "short");
            send("short", 0, 0, 3);

            try (PollLoop loop =
                    loop("short", Map.of(new TopicPartition("short", 0), 7L)).start(sink)) {

                await().atMost(PATIENCE).until(() -> loop.failure().isPresent());
                assertThat(loop.failure())
                        .get()
                        .isInstanceOf(UsageException.class)
                        .asString()
                        .contains("Offset 7 of short-0");
                assertThat(sink.values).isEmpty();
            }
        }
    }
}
