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
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
        source.headers().add("mine", new byte[] {4}).add("mine", new byte[] {5});
        var why = new RejectedFrameException(Rejection.LABEL_SIZE_MISMATCH, "The label is 4x3 …");
        try (KafkaProducer<byte[], byte[]> producer = KafkaClients.producer(kafka, Map.of())) {
            producer.send(DeadLetter.of(source, "teacher.ingest", why).toRecord())
                    .get();
        }
        DeadLetter letter;
        try (KafkaConsumer<byte[], byte[]> consumer = KafkaClients.consumer(kafka, "letters", Map.of())) {
            consumer.subscribe(List.of(Topics.DEAD_LETTER));
            letter = await()
                    .atMost(Duration.ofMinutes(1))
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
                .withEqualsForType(RecordHeader::equals, RecordHeader.class)
                .isEqualTo(new DeadLetter(
                        "teacher.ingest",
                        Rejection.LABEL_SIZE_MISMATCH,
                        "The label is 4x3 …",
                        "frames.labeled",
                        1,
                        42L,
                        new byte[] {1},
                        new byte[] {2, 3},
                        List.of(new RecordHeader("mine", new byte[] {4}), new RecordHeader("mine", new byte[] {5})),
                        true));
    }

    @Test
    void givenARecordFullOfKeyHeadersAndQuotes_whenItsLetterIsReduced_thenReasonAndOriginStayAndNothingIsLarge() {
        byte[] large = new byte[9 << 20];
        var source = new ConsumerRecord<>("frames.labeled", 1, 42L, large, (byte[]) null);
        source.headers().add("mine", large);
        var why = new RejectedFrameException(Rejection.UNKNOWN_LABEL_SCHEMA, "x".repeat(9 << 20));

        DeadLetter letter = DeadLetter.of(source, "teacher.ingest", why).reduced();

        assertThat(letter.key()).isNull();
        assertThat(letter.value()).isEmpty();
        assertThat(letter.headers()).isEmpty();
        assertThat(letter.whole()).isFalse();
        assertThat(letter.message()).startsWith("xxx").hasSizeLessThan(1100);
        assertThat(letter.offset()).isEqualTo(42);
    }

    /** By the clock of such a vehicle retention would delete the frame at once, or never. */
    @ParameterizedTest
    @ValueSource(longs = {0, 4_102_444_800_000L})
    void givenATopicWithVehiclesTimes_whenEnsured_thenARecordHasTheTimeOfTheBroker(long vehiclesClock)
            throws Exception {
        var frames = new ConfigResource(ConfigResource.Type.TOPIC, Topics.FRAMES_LABELED);
        try (Admin admin = KafkaClients.admin(kafka)) {
            admin.incrementalAlterConfigs(Map.of(
                            frames,
                            List.of(new AlterConfigOp(
                                    new ConfigEntry("message.timestamp.type", "CreateTime"),
                                    AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        }
        long before = System.currentTimeMillis();

        Topics.ensure(kafka, new Topics.Plan(2, (short) 1, -1));

        try (KafkaProducer<byte[], byte[]> producer = KafkaClients.producer(kafka, Map.of())) {
            long written = producer.send(
                            new ProducerRecord<>(Topics.FRAMES_LABELED, 0, vehiclesClock, null, new byte[1]))
                    .get()
                    .timestamp();
            assertThat(written).isBetween(before, before + 600_000);
        }
    }

    @Test
    void givenThePlanOfTopics_whenMade_thenEachTakesTheTimeOfTheBroker() {
        assertThat(Topics.wanted(new Topics.Plan(1, (short) 1, -1))).hasSize(5).allSatisfy(topic -> assertThat(
                        topic.configs())
                .containsEntry("message.timestamp.type", "LogAppendTime"));
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
