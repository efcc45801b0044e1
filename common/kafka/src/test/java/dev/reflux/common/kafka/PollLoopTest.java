package dev.reflux.common.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reflux.embedded.EmbeddedKafka;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PollLoopTest {

    private static final int MAX_POLL_RECORDS = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

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

    /** Keeps receipts until the test uses them, and what the loop says of partitions and failures. */
    private static final class HoldingSink implements RecordSink {
        final Queue<Receipt> receipts = new ConcurrentLinkedQueue<>();
        final List<String> values = Collections.synchronizedList(new ArrayList<>());
        final List<TopicPartition> order = Collections.synchronizedList(new ArrayList<>());
        final List<String> removed = Collections.synchronizedList(new ArrayList<>());
        final Map<TopicPartition, OffsetAndMetadata> committed = new ConcurrentHashMap<>();
        final Set<TopicPartition> owned = ConcurrentHashMap.newKeySet();
        final Set<TopicPartition> revoked = ConcurrentHashMap.newKeySet();
        final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());

        @Override
        public void accept(ConsumerRecord<byte[], byte[]> record, Receipt receipt) {
            values.add(new String(record.value(), StandardCharsets.UTF_8));
            order.add(new TopicPartition(record.topic(), record.partition()));
            receipts.add(receipt);
        }

        @Override
        public void committed(Map<TopicPartition, OffsetAndMetadata> offsets) {
            committed.putAll(offsets);
        }

        @Override
        public void removed(TopicPartition partition, long from, long to) {
            removed.add(partition + " " + from + " " + to);
        }

        @Override
        public void assigned(Collection<TopicPartition> partitions) {
            owned.addAll(partitions);
        }

        @Override
        public void revoked(Collection<TopicPartition> partitions) {
            owned.removeAll(partitions);
            revoked.addAll(partitions);
        }

        @Override
        public void failed(Throwable cause) {
            failures.add(cause);
        }

        void finishAll() {
            for (Receipt receipt; (receipt = receipts.poll()) != null; ) {
                receipt.done();
            }
        }
    }

    // ---- live: back-pressure -----------------------------------------------------------------------------------

    @Test
    void givenASlowSink_whenRecordsPileUp_thenInFlightStaysBelowHighWaterPlusOnePollAndNoRecordIsLost()
            throws Exception {
        String topic = topicWith("pressure", 1, 300);
        HoldingSink sink = new HoldingSink();
        try (PollLoop loop = subscribed(topic, 20, Duration.ofMillis(50)).start(sink)) {
            await().atMost(PATIENCE).until(() -> loop.inFlight() >= 20);
            awaitTurns(loop, 5);
            assertThat(loop.inFlight()).isBetween(20, 19 + MAX_POLL_RECORDS);

            while (sink.values.size() < 300) {
                sink.finishAll();
                await().atMost(PATIENCE).until(() -> !sink.receipts.isEmpty() || sink.values.size() == 300);
                assertThat(loop.inFlight()).isLessThanOrEqualTo(19 + MAX_POLL_RECORDS);
            }
        }
        assertThat(sink.values).containsExactlyElementsOf(numbers(300));
    }

    /** Seed 1013 of ChaosTest: a poll that fetched committed offsets when the broker was killed ended the teacher. */
    @Test
    void givenABrokerThatBreaksOffAPoll_whenItTurns_thenItPollsAgainAndHasEveryRecord() throws Exception {
        String topic = topicWith("broken-off", 1, 10);
        AtomicInteger polls = new AtomicInteger();
        Map<String, Object> config = Map.of(
                "bootstrap.servers", kafka.bootstrapServers(), "group.id", topic, "auto.offset.reset", "earliest");
        var consumer =
                new KafkaConsumer<byte[], byte[]>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer()) {
                    @Override
                    public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
                        if (polls.getAndIncrement() < 2) {
                            throw new DisconnectException();
                        }
                        return super.poll(timeout);
                    }
                };
        HoldingSink sink = new HoldingSink();

        try (PollLoop loop = new PollLoop(
                        "broken-off", new RecordSource.Subscription(List.of(topic)), PollSettings.of(20), consumer)
                .start(sink)) {

            await().atMost(PATIENCE).until(() -> sink.values.size() == 10);
            assertThat(loop.failure()).isEmpty();
        }
        assertThat(sink.failures).isEmpty();
    }

    /** A poll with the timeout would spin for 30 s, and a loop without a wait would make thousands of turns. */
    @Test
    void givenAPausedLoopWithFetchedRecords_whenItTurns_thenItWaitsForTenMillisecondsATurnOutsideOfThePoll()
            throws Exception {
        String topic = topicWith("idle", 1, 300);
        HoldingSink sink = new HoldingSink();
        try (PollLoop loop = subscribed(topic, 20, PATIENCE).start(sink)) {
            await().atMost(PATIENCE).until(() -> loop.inFlight() >= 20);
            awaitTurns(loop, 1);
            Instant start = loop.lastTurn();

            int turns = awaitTurns(loop, 20);

            assertThat(Duration.between(start, loop.lastTurn()))
                    .as("%d turns of 10 ms and less than one poll", turns)
                    .isBetween(Duration.ofMillis(9L * turns), PATIENCE);
        }
    }

    // ---- subscribing: partitions come and go -------------------------------------------------------------------

    @Test
    void givenAMember_whenASecondJoinsAndLeaves_thenPartitionsAreSharedWithoutOverlapAndComeBack() throws Exception {
        String topic = topicWith("rebalance", 4, 40);
        Set<TopicPartition> all = partitions(topic, 4);
        HoldingSink first = new HoldingSink();
        HoldingSink second = new HoldingSink();
        try (PollLoop one = subscribed(topic, 100, Duration.ofMillis(50)).start(first)) {
            await().atMost(PATIENCE).until(() -> first.owned.equals(all));
            try (PollLoop two = subscribed(topic, 100, Duration.ofMillis(50)).start(second)) {
                await().atMost(PATIENCE).until(() -> first.owned.size() == 2 && second.owned.size() == 2);

                assertThat(second.owned).isEqualTo(first.revoked).doesNotContainAnyElementsOf(first.owned);
                await().atMost(PATIENCE).until(() -> one.lag().keySet().equals(first.owned));
                await().atMost(PATIENCE).until(two::assigned);
                assertThat(two.groupMetadata().groupId()).isEqualTo(topic);
                assertThat(two.groupMetadata().memberId())
                        .isNotEqualTo(one.groupMetadata().memberId());
            }

            await().atMost(PATIENCE).until(() -> first.owned.equals(all));
            assertThat(one.failure()).isEmpty();
        }
        assertThat(first.failures).isEmpty();
    }

    @Test
    void givenAMemberThatHandsNothingOver_whenItLeaves_thenNoOffsetIsCommitted() throws Exception {
        String topic = topicWith("uncommitted", 1, 10);
        HoldingSink first = new HoldingSink();
        try (PollLoop loop = subscribed(topic, 100, Duration.ofMillis(50)).start(first)) {
            await().atMost(PATIENCE).until(() -> first.values.size() == 10);
            first.finishAll();
        }
        HoldingSink second = new HoldingSink();

        try (PollLoop again = subscribed(topic, 100, Duration.ofMillis(50)).start(second)) {
            await().atMost(PATIENCE).until(() -> second.values.size() == 10);
        }

        assertThat(committed(topic)).isEmpty();
    }

    /** The partitions are small, so that one answer of the broker holds all records of all of them. */
    @Test
    void givenBacklogsOfThreePartitions_whenReadSlowly_thenNoneIsAheadOfAnotherByMoreThanOnePoll() throws Exception {
        String topic = topicWith("fair", 3, 300);
        HoldingSink sink = new HoldingSink();

        try (PollLoop loop = subscribed(topic, 400, Duration.ofMillis(50)).start(sink)) {
            await().atMost(PATIENCE).until(() -> sink.values.size() == 300);
        }

        int[] taken = new int[3];
        int most = 0;
        for (TopicPartition partition : sink.order) {
            taken[partition.partition()]++;
            int[] sorted = taken.clone();
            java.util.Arrays.sort(sorted);
            most = Math.max(most, sorted[2] - sorted[0]);
        }
        assertThat(most).as("records by which a partition was ahead").isLessThanOrEqualTo(2 * MAX_POLL_RECORDS);
    }

    @Test
    void givenRecordsThatRetentionRemoved_whenReadingGoesOnBehindThem_thenTheSinkIsToldWhichTheyWere()
            throws Exception {
        String topic = topicWith("removed", 1, 10);
        TopicPartition partition = new TopicPartition(topic, 0);
        try (Admin admin = KafkaClients.admin(kafka)) {
            admin.alterConsumerGroupOffsets(topic, Map.of(partition, new OffsetAndMetadata(2, "a mark")))
                    .all()
                    .get();
            admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(6)))
                    .all()
                    .get();
        }
        HoldingSink sink = new HoldingSink();

        try (PollLoop loop = subscribed(topic, 100, Duration.ofMillis(50)).start(sink)) {
            await().atMost(PATIENCE).until(() -> sink.values.size() == 4);
        }

        assertThat(sink.removed).containsExactly(partition + " 2 6");
        assertThat(sink.values).containsExactly("6", "7", "8", "9");
        assertThat(sink.committed).containsEntry(partition, new OffsetAndMetadata(2, "a mark"));
    }

    @Test
    void givenAPartitionThatIsAddedWhileAGroupReads_whenARecordComesThere_thenItIsRead() throws Exception {
        String topic = topicWith("added", 1, 3);
        KafkaSettings hasty = new KafkaSettings(kafka.bootstrapServers(), Map.of("metadata.max.age.ms", "300"));
        HoldingSink sink = new HoldingSink();
        try (PollLoop loop = new PollLoop(
                        "test-" + topic,
                        new RecordSource.Subscription(List.of(topic)),
                        PollSettings.of(100),
                        KafkaClients.streamConsumer(hasty, topic, MAX_POLL_RECORDS))
                .start(sink)) {
            await().atMost(PATIENCE).until(() -> sink.values.size() == 3);

            try (Admin admin = KafkaClients.admin(kafka);
                    KafkaProducer<byte[], byte[]> producer = KafkaClients.producer(hasty, Map.of())) {
                admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(2)))
                        .all()
                        .get();
                byte[] late = "late".getBytes(StandardCharsets.UTF_8);
                await().atMost(PATIENCE)
                        .until(() -> producer.partitionsFor(topic).size() == 2);
                producer.send(new ProducerRecord<>(topic, 1, late, late)).get();
            }

            await().atMost(PATIENCE).until(() -> sink.values.contains("late"));
            assertThat(sink.owned).isEqualTo(partitions(topic, 2));
        }
    }

    // ---- lag ---------------------------------------------------------------------------------------------------

    @Test
    void givenAPausedLoop_whenRecordsCome_thenTheLagSaysSo() throws Exception {
        String topic = topicWith("fresh-lag", 1, 30);
        TopicPartition partition = new TopicPartition(topic, 0);
        HoldingSink sink = new HoldingSink();
        try (PollLoop loop = subscribed(topic, 8, Duration.ofMillis(50)).start(sink)) {
            await().atMost(PATIENCE).until(() -> loop.inFlight() >= 8);

            try (KafkaProducer<byte[], byte[]> producer = KafkaClients.producer(kafka, Map.of())) {
                for (int i = 0; i < 50; i++) {
                    producer.send(new ProducerRecord<>(topic, 0, null, new byte[1]));
                }
            }

            await().atMost(PATIENCE).until(() -> loop.lag().equals(Map.of(partition, 80L - loop.inFlight())));
        }
    }

    @Test
    void givenRecordsOfTransactions_whenAllAreRead_thenTheLagIsZeroAlthoughAMarkerIsLast() throws Exception {
        String topic = topicWith("markers", 1, 0);
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaProducer<byte[], byte[]> producer = KafkaClients.transactionalProducer(kafka, "markers")) {
            producer.initTransactions();
            for (int i = 0; i < 3; i++) {
                producer.beginTransaction();
                for (int j = 0; j < MAX_POLL_RECORDS; j++) {
                    producer.send(new ProducerRecord<>(topic, 0, null, new byte[] {'x'}));
                }
                producer.commitTransaction();
            }
        }
        HoldingSink sink = new HoldingSink();

        try (PollLoop loop = subscribed(topic, 100, Duration.ofMillis(50)).start(sink)) {
            await().atMost(PATIENCE).until(() -> sink.values.size() == 3 * MAX_POLL_RECORDS);

            await().atMost(PATIENCE).until(() -> loop.lag().equals(Map.of(partition, 0L)));
        }
    }

    // ---- rebalances under pressure -----------------------------------------------------------------------------

    @Test
    void givenLoopsThatPauseAllTheTime_whenMembersComeAndGo_thenNoLoopFails() throws Exception {
        String topic = topicWith("storm", 6, 600);
        HoldingSink steady = new HoldingSink();
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        try (PollLoop one = subscribed(topic, 1, Duration.ofMillis(5)).start(steady)) {
            for (int round = 0; round < 6; round++) {
                HoldingSink guest = new HoldingSink();
                try (PollLoop two = subscribed(topic, 1, Duration.ofMillis(5)).start(guest)) {
                    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> {
                        steady.finishAll();
                        guest.finishAll();
                        return !guest.owned.isEmpty() || two.failure().isPresent();
                    });
                }
                failures.addAll(guest.failures);
                await().atMost(PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> {
                    steady.finishAll();
                    return steady.owned.size() == 6 || one.failure().isPresent();
                });
            }
        }

        assertThat(failures).isEmpty();
        assertThat(steady.failures).isEmpty();
    }

    // ---- assigning: from a checkpoint's offsets ----------------------------------------------------------------

    @Test
    void givenOffsetsOfACheckpoint_whenAssigned_thenReadingStartsThereAndElsewhereAtTheBeginning() throws Exception {
        String topic = topicWith("checkpoint", 2, 10);
        HoldingSink sink = new HoldingSink();
        try (PollLoop loop =
                assigned(topic, Map.of(new TopicPartition(topic, 0), 3L)).start(sink)) {
            await().atMost(PATIENCE).until(() -> sink.values.size() == 7);
            await().atMost(PATIENCE).until(() -> loop.lag()
                    .equals(Map.of(new TopicPartition(topic, 0), 0L, new TopicPartition(topic, 1), 0L)));
        }

        // Partition 0 has the even numbers; offset 3 of it is the number 6.
        assertThat(sink.values).containsExactlyInAnyOrder("6", "8", "1", "3", "5", "7", "9");
        assertThat(sink.owned).isEqualTo(partitions(topic, 2));
    }

    @Test
    void givenCheckpointedOffsets_whenTheLoopTurns_thenTheyAreCommittedWhileItRuns() throws Exception {
        String topic = topicWith("committed", 1, 10);
        TopicPartition partition = new TopicPartition(topic, 0);
        try (PollLoop loop = assigned(topic, Map.of()).start(new HoldingSink())) {
            loop.checkpointed(Map.of(partition, 4L));
            loop.checkpointed(Map.of(partition, 6L));

            await().atMost(PATIENCE).until(() -> committed(topic).equals(Map.of(partition, 6L)));
        }
    }

    @Test
    void givenCheckpointedOffsetsThatAreNotCommittedYet_whenTheLoopCloses_thenTheyAreCommitted() throws Exception {
        String topic = topicWith("closing", 1, 10);
        TopicPartition partition = new TopicPartition(topic, 0);
        HoldingSink sink = new HoldingSink();
        PollLoop loop = assigned(topic, Map.of()).start(sink);
        await().atMost(PATIENCE).until(() -> sink.values.size() == 10);
        loop.checkpointed(Map.of(partition, 9L));

        loop.close();

        assertThat(committed(topic)).isEqualTo(Map.of(partition, 9L));
    }

    // ---- ends --------------------------------------------------------------------------------------------------

    @Test
    void givenASinkThatThrows_whenARecordComes_thenTheLoopEndsAndTellsTheSinkOnceWhy() throws Exception {
        String topic = topicWith("failure", 1, 3);
        IllegalStateException cause = new IllegalStateException("the sink is broken");
        HoldingSink sink = new HoldingSink();
        RecordSink broken = new RecordSink() {
            @Override
            public void accept(ConsumerRecord<byte[], byte[]> record, Receipt receipt) {
                throw cause;
            }

            @Override
            public void failed(Throwable why) {
                sink.failed(why);
            }
        };
        PollLoop loop = subscribed(topic, 10, Duration.ofMillis(50)).start(broken);
        await().atMost(PATIENCE).until(() -> !sink.failures.isEmpty());

        loop.close();

        assertThat(loop.failure()).contains(cause);
        assertThat(sink.failures).containsExactly(cause);
    }

    @Test
    void givenALoopThatWasNeverStarted_whenItIsClosed_thenItsConsumerIsClosed() {
        KafkaConsumer<byte[], byte[]> consumer = KafkaClients.consumer(kafka, "never", Map.of());
        PollLoop loop =
                new PollLoop("never", new RecordSource.Subscription(List.of("t")), PollSettings.of(4), consumer);

        loop.close();

        assertThatThrownBy(consumer::subscription)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(loop::groupMetadata).isInstanceOf(IllegalStateException.class);
    }

    /** The group has the topic's name. */
    private static PollLoop subscribed(String topic, int highWater, Duration pollTimeout) {
        return new PollLoop(
                "test-" + topic,
                new RecordSource.Subscription(List.of(topic)),
                new PollSettings(highWater, highWater / 2, pollTimeout, Duration.ofSeconds(5)),
                KafkaClients.streamConsumer(kafka, topic, MAX_POLL_RECORDS));
    }

    private static PollLoop assigned(String topic, Map<TopicPartition, Long> nextOffsets) {
        return new PollLoop(
                "test-" + topic,
                new RecordSource.Assignment(topic, nextOffsets),
                PollSettings.of(100),
                KafkaClients.consumer(kafka, topic, Map.of()));
    }

    private static Map<TopicPartition, Long> committed(String group) throws Exception {
        try (Admin admin = KafkaClients.admin(kafka)) {
            Map<TopicPartition, OffsetAndMetadata> offsets = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get();
            return offsets.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue()
                    .offset()));
        }
    }

    /** Waits until the loop has ended this many iterations more, at least; returns how many it saw end. */
    private static int awaitTurns(PollLoop loop, int atLeast) {
        int turns = 0;
        for (Instant before = loop.lastTurn(); turns < atLeast; turns++) {
            Instant seen = before;
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(2)).until(() -> loop.lastTurn()
                    .isAfter(seen));
            before = loop.lastTurn();
        }
        return turns;
    }

    private static String topicWith(String name, int partitions, int records) throws Exception {
        try (Admin admin = KafkaClients.admin(kafka);
                KafkaProducer<byte[], byte[]> producer = KafkaClients.producer(kafka, Map.of())) {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1)))
                    .all()
                    .get();
            for (String number : numbers(records)) {
                byte[] bytes = number.getBytes(StandardCharsets.UTF_8);
                producer.send(new ProducerRecord<>(name, Integer.parseInt(number) % partitions, bytes, bytes));
            }
            producer.flush();
        }
        return name;
    }

    private static Set<TopicPartition> partitions(String topic, int count) {
        return IntStream.range(0, count)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .collect(Collectors.toSet());
    }

    private static List<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(String::valueOf).toList();
    }
}
