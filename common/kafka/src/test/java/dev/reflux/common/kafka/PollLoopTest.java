package dev.reflux.common.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.Rejection;
import dev.reflux.common.failure.UsageException;
import dev.reflux.embedded.EmbeddedKafka;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PollLoopTest {

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

    /** Keeps what it is given until the test lets it go. */
    private static final class Held implements PollLoop.RecordSink {
        final Queue<PollLoop.Receipt> receipts = new ConcurrentLinkedQueue<>();
        final List<String> seen = java.util.Collections.synchronizedList(new ArrayList<>());

        @Override
        public void accept(ConsumerRecord<byte[], byte[]> record, PollLoop.Receipt receipt) {
            seen.add(new String(record.value(), java.nio.charset.StandardCharsets.UTF_8));
            receipts.add(receipt);
        }

        void release(int count) {
            for (int i = 0; i < count; i++) {
                receipts.remove().done();
            }
        }
    }

    @Test
    void givenASlowSink_whenRecordsPileUp_thenInFlightStaysUnderHighWaterAndOnePoll() throws Exception {
        String topic = topicWith("pressure", 1, 300);
        Held sink = new Held();
        try (PollLoop loop = loop(topic, "pressure", 20, 8, sink)) {
            await().until(() -> loop.inFlight() >= 20);
            int turns = 0;
            for (java.time.Instant before = loop.lastTurn(); turns < 5; turns++) {
                java.time.Instant seenTurn = before;
                await().until(() -> loop.lastTurn().isAfter(seenTurn));
                before = loop.lastTurn();
            }
            assertThat(loop.inFlight()).isBetween(20, 28);

            while (sink.seen.size() < 300) {
                sink.release(sink.receipts.size());
                await().until(() -> !sink.receipts.isEmpty() || sink.seen.size() == 300);
                assertThat(sink.receipts.size()).isLessThanOrEqualTo(28);
            }
        }
        assertThat(sink.seen).containsExactlyElementsOf(numbers(300));
    }

    @Test
    void givenAPausedLoopWithFetchedRecords_whenItTurns_thenItWaitsInsteadOfSpinning() throws Exception {
        String topic = topicWith("idle", 1, 300);
        Held sink = new Held();
        try (PollLoop loop = loop(topic, "idle", 20, 8, sink)) {
            await().until(() -> loop.inFlight() >= 20);
            long wall = System.nanoTime();
            long cpu = cpuOfConsumerThreads();

            for (int turns = 0; turns < 40; turns++) {
                java.time.Instant before = loop.lastTurn();
                await().pollInterval(Duration.ofMillis(2))
                        .until(() -> loop.lastTurn().isAfter(before));
            }

            double busy = (double) (cpuOfConsumerThreads() - cpu) / (System.nanoTime() - wall);
            assertThat(busy).as("cores that waiting takes").isLessThan(0.5);
        }
    }

    private static long cpuOfConsumerThreads() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return java.util.Arrays.stream(threads.getAllThreadIds())
                .filter(id -> threads.getThreadInfo(id) != null
                        && threads.getThreadInfo(id).getThreadName().matches("test-idle|consumer_background_thread.*"))
                .map(threads::getThreadCpuTime)
                .sum();
    }

    @Test
    void givenUnfinishedRecords_whenTheLoopEndsAndAnotherStarts_thenOnlyTheFinishedPrefixIsBehind() throws Exception {
        String topic = topicWith("prefix", 1, 10);
        Held first = new Held();
        PollLoop loop = loop(topic, "prefix", 100, 10, first);
        await().until(() -> first.receipts.size() == 10);
        List<PollLoop.Receipt> receipts = List.copyOf(first.receipts);
        for (int i : new int[] {0, 1, 2, 5, 9}) {
            receipts.get(i).done();
        }
        loop.close();

        Held second = new Held();
        try (PollLoop again = loop(topic, "prefix", 100, 10, second)) {
            await().until(() -> second.seen.size() == 7);
        }

        assertThat(second.seen).containsExactlyElementsOf(numbers(10).subList(3, 10));
    }

    @Test
    void givenTwoMembers_whenOneJoinsAndLeavesInMidStream_thenNothingCommittedIsLostOrSeenTwice() throws Exception {
        String topic = topicWith("rebalance", 4, 400);
        Set<String> finished = ConcurrentHashMap.newKeySet();
        List<String> all = java.util.Collections.synchronizedList(new ArrayList<>());
        PollLoop.RecordSink eager = (record, receipt) -> {
            String value = new String(record.value(), java.nio.charset.StandardCharsets.UTF_8);
            finished.add(value);
            all.add(value);
            receipt.done();
        };
        PollLoop one = loop(topic, "rebalance", 16, 8, eager);
        await().until(() -> all.size() > 20);
        PollLoop two = loop(topic, "rebalance", 16, 8, eager);
        await().atMost(Duration.ofSeconds(30)).until(two::assigned);
        one.close();

        await().atMost(Duration.ofSeconds(30)).until(() -> finished.size() == 400);
        two.close();

        assertThat(all).doesNotHaveDuplicates();
        assertThat(one.failure()).isEmpty();
        assertThat(two.failure()).isEmpty();
    }

    @Test
    void givenOffsetsOfACheckpoint_whenAssigned_thenReadingStartsThereAndElsewhereAtTheBeginning() throws Exception {
        String topic = topicWith("checkpoint", 1, 10);
        Held sink = new Held();
        var source = new PollLoop.Source.Assignment(topic, Map.of(new TopicPartition(topic, 0), 7L));
        try (PollLoop loop = new PollLoop(
                        "test",
                        PollLoop.Settings.of(source, 10, false),
                        KafkaClients.consumer(kafka, "checkpoint", Map.of()))
                .start(sink)) {
            await().until(() -> sink.seen.size() == 3);
            await().until(() -> loop.lag().equals(Map.of(new TopicPartition(topic, 0), 0L)));
        }

        assertThat(sink.seen).containsExactly("7", "8", "9");
    }

    @Test
    void givenASinkThatThrows_whenARecordComes_thenTheLoopEndsAndSaysWhy() throws Exception {
        String topic = topicWith("failure", 1, 1);
        PollLoop.RecordSink broken = (record, receipt) -> {
            throw new IllegalStateException("sink is broken");
        };
        try (PollLoop loop = loop(topic, "failure", 10, 5, broken)) {
            await().until(() -> loop.failure().isPresent());

            assertThat(loop.failure().orElseThrow()).hasMessage("sink is broken");
        }
    }

    @Test
    void givenARefusedRecord_whenSentToTheDeadLetterTopic_thenItComesBackWholeWithItsReason() throws Exception {
        var source = new ConsumerRecord<>("frames.labeled", 1, 42L, new byte[] {1}, new byte[] {2, 3});
        var why = new RejectedFrameException(Rejection.LABEL_SIZE_MISMATCH, "The label is 4x3 …");
        try (KafkaProducer<byte[], byte[]> producer = KafkaClients.producer(kafka, Map.of())) {
            producer.send(DeadLetter.of(source, "teacher.ingest", why).toRecord())
                    .get();
        }
        List<DeadLetter> letters = java.util.Collections.synchronizedList(new ArrayList<>());

        try (PollLoop loop = loop(Topics.DEAD_LETTER, "letters", 10, 5, (record, receipt) -> {
            letters.add(DeadLetter.read(record));
            receipt.done();
        })) {
            await().until(() -> letters.size() == 1 && loop.failure().isEmpty());
        }

        assertThat(letters.get(0))
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
                        java.util.Optional.empty()));
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

    private static PollLoop loop(String topic, String group, int high, int low, PollLoop.RecordSink sink) {
        var settings = new PollLoop.Settings(
                new PollLoop.Source.Subscription(List.of(topic)),
                high,
                low,
                Duration.ofMillis(50),
                Duration.ofMillis(500),
                true);
        return new PollLoop(
                        "test-" + group, settings, KafkaClients.consumer(kafka, group, Map.of("max.poll.records", 8)))
                .start(sink);
    }

    private static String topicWith(String name, int partitions, int records) throws Exception {
        try (Admin admin = KafkaClients.admin(kafka);
                KafkaProducer<byte[], byte[]> producer = KafkaClients.producer(kafka, Map.of())) {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1)))
                    .all()
                    .get();
            for (String number : numbers(records)) {
                byte[] bytes = number.getBytes(java.nio.charset.StandardCharsets.UTF_8);
                producer.send(new ProducerRecord<>(name, Integer.parseInt(number) % partitions, bytes, bytes));
            }
            producer.flush();
        }
        return name;
    }

    private static List<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(String::valueOf).toList();
    }
}
