package dev.reflux.common.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.Rejection;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.kafka.DeadLetterReplay.Filter;
import dev.reflux.common.kafka.DeadLetterReplay.Found;
import dev.reflux.common.kafka.DeadLetterReplay.Result;
import dev.reflux.embedded.EmbeddedKafka;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** One broker for all; each test has a reason of its own. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DeadLetterReplayTest {

    private static final Filter ALL = new Filter(Optional.empty(), Optional.empty(), 0);

    @TempDir
    private static Path directory;

    private static EmbeddedKafka broker;
    private static KafkaSettings kafka;

    @BeforeAll
    static void start() {
        broker = EmbeddedKafka.start(directory);
        kafka = KafkaSettings.of(broker.bootstrapServers());
        Topics.ensure(kafka, new Topics.Plan(1, (short) 1, -1));
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static Filter of(Rejection reason) {
        return new Filter(Optional.of(reason), Optional.empty(), 0);
    }

    private static DeadLetter letter(Rejection reason, int number) {
        byte[] value = ("frame " + number).getBytes(StandardCharsets.UTF_8);
        var source = new ConsumerRecord<>(Topics.FRAMES_LABELED, 0, number, new byte[] {7, (byte) number}, value);
        source.headers().add("camera's own", new byte[] {1, 2});
        return DeadLetter.of(source, "teacher.ingest", new RejectedFrameException(reason, "No."));
    }

    private static void write(List<DeadLetter> letters) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = KafkaClients.producer(kafka, Map.of())) {
            for (DeadLetter letter : letters) {
                producer.send(letter.toRecord()).get();
            }
        }
    }

    private static List<DeadLetter> letters(Rejection reason, int count) {
        List<DeadLetter> letters = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            letters.add(letter(reason, i));
        }
        return letters;
    }

    private static List<ConsumerRecord<byte[], byte[]>> frames() {
        TopicPartition partition = new TopicPartition(Topics.FRAMES_LABELED, 0);
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = KafkaClients.consumer(kafka, "reader", Map.of())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }

    @Test
    @Order(1)
    void givenLettersOfTwoReasons_whenThoseOfOneAreReplayedTwice_thenTheirFramesComeBackOnceAsTheyWere()
            throws Exception {
        write(letters(Rejection.INFERENCE_FAILED, 20));
        write(letters(Rejection.EMPTY_IMAGE, 1));
        List<Found> told = new ArrayList<>();

        Result first = new DeadLetterReplay(kafka).replay(of(Rejection.INFERENCE_FAILED), told::add);

        Result second = new DeadLetterReplay(kafka).replay(of(Rejection.INFERENCE_FAILED), told::add);
        assertThat(first).isEqualTo(new Result(20, 0, 0));
        assertThat(second).isEqualTo(new Result(0, 20, 0));
        assertThat(told).hasSize(20);
        List<ConsumerRecord<byte[], byte[]>> frames = frames();
        assertThat(frames).hasSize(20);
        for (int i = 0; i < 20; i++) {
            ConsumerRecord<byte[], byte[]> frame = frames.get(i);
            assertThat(frame.key()).isEqualTo(new byte[] {7, (byte) i});
            assertThat(frame.value()).isEqualTo(("frame " + i).getBytes(StandardCharsets.UTF_8));
            assertThat(frame.headers().toArray())
                    .extracting(Header::key)
                    .containsExactly("camera's own", DeadLetterReplay.LETTER);
            assertThat(frame.headers().lastHeader("camera's own").value()).isEqualTo(new byte[] {1, 2});
        }
        List<Found> listed = new ArrayList<>();
        new DeadLetterReplay(kafka).list(ALL, listed::add);
        assertThat(listed).hasSize(21);
        assertThat(listed.stream().filter(found -> !found.replayed()))
                .singleElement()
                .satisfies(found -> assertThat(found.letter().reason()).isEqualTo(Rejection.EMPTY_IMAGE));
    }

    @Test
    @Order(2)
    void givenAReplayThatRuns_whenAnotherBegins_thenTheFirstStopsWithASentenceAndNoFrameComesTwice() throws Exception {
        int before = frames().size();
        write(letters(Rejection.BAD_TENSOR, 20));
        List<Result> others = new ArrayList<>();

        assertThatThrownBy(() -> new DeadLetterReplay(kafka).replay(of(Rejection.BAD_TENSOR), found -> {
                    if (others.isEmpty()) {
                        others.add(new DeadLetterReplay(kafka).replay(of(Rejection.BAD_TENSOR), more -> {}));
                    }
                }))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(kafka.bootstrapServers());

        assertThat(others).containsExactly(new Result(4, 16, 0));
        assertThat(frames()).hasSize(before + 20);
    }

    @Test
    @Order(3)
    void givenLettersThatAreOldOrReducedOrTooMany_whenReplayed_thenTheyStay() throws Exception {
        int before = frames().size();
        write(List.of(letter(Rejection.RECORD_TOO_LARGE, 1).reduced()));
        write(letters(Rejection.WRONG_TEACHER, 3));

        Result reduced = new DeadLetterReplay(kafka).replay(of(Rejection.RECORD_TOO_LARGE), found -> {});
        Result old = new DeadLetterReplay(kafka)
                .replay(
                        new Filter(
                                Optional.of(Rejection.WRONG_TEACHER),
                                Optional.of(Instant.now().plusSeconds(3600)),
                                0),
                        found -> {});
        Result two = new DeadLetterReplay(kafka)
                .replay(new Filter(Optional.of(Rejection.WRONG_TEACHER), Optional.empty(), 2), found -> {});

        assertThat(reduced).isEqualTo(new Result(0, 0, 1));
        assertThat(old).isEqualTo(new Result(0, 0, 0));
        assertThat(two).isEqualTo(new Result(2, 0, 0));
        assertThat(frames()).hasSize(before + 2);
    }
}
