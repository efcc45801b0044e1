package dev.reflux.fleet.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.embedded.EmbeddedKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrderedProducerTest {

    private static final String TOPIC = "frames";
    private static final int RECORDS = 24;
    private static final int BAD = 9;
    private static final int MOST_BYTES = 20_000;

    @Test
    void givenAMiddleRecordThatTheBrokerRefuses_whenOthersAreBehindIt_thenNoneOvertakesItUntilRenewed(
            @TempDir Path directory) throws Exception {
        try (EmbeddedKafka broker = EmbeddedKafka.start(directory)) {
            KafkaSettings kafka = KafkaSettings.of(broker.bootstrapServers());
            topic(kafka);
            List<Integer> delivered = new ArrayList<>();
            try (OrderedProducer producer = new OrderedProducer(() -> KafkaClients.producer(kafka, Map.of()))) {
                List<Future<RecordMetadata>> receipts = new ArrayList<>();
                for (int i = 0; i < RECORDS; i++) {
                    receipts.add(producer.send(record(i, i == BAD ? 2 * MOST_BYTES : 100)));
                }

                for (int i = 0; i < RECORDS; i++) {
                    if (arrived(receipts.get(i))) {
                        delivered.add(i);
                    }
                }
                List<Integer> beforeRenewal = inLog(kafka);
                assertThat(producer.failure()).get().satisfies(failure -> {
                    assertThat(failure.why()).isInstanceOf(RecordTooLargeException.class);
                    assertThat(failure.record().value()[0]).isEqualTo((byte) BAD);
                });
                assertThatThrownBy(() -> producer.send(record(99, 100)).get())
                        .hasCauseInstanceOf(RecordTooLargeException.class);
                producer.renew();
                for (int i = BAD; i < RECORDS; i++) {
                    producer.send(record(i, 100)).get();
                }

                assertThat(beforeRenewal).containsAll(delivered).allMatch(i -> i < BAD);
            }
            assertThat(inLog(kafka).stream().distinct().filter(i -> i >= BAD))
                    .containsExactlyElementsOf(
                            IntStream.range(BAD, RECORDS).boxed().toList());
        }
    }

    private static void topic(KafkaSettings kafka) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1)
                            .configs(Map.of("max.message.bytes", String.valueOf(MOST_BYTES)))))
                    .all()
                    .get();
        }
    }

    private static ProducerRecord<byte[], byte[]> record(int number, int bytes) {
        byte[] value = new byte[bytes];
        // Zeros would shrink under compression, and then fit.
        new java.util.Random(number).nextBytes(value);
        value[0] = (byte) number;
        return new ProducerRecord<>(TOPIC, new byte[] {1}, value);
    }

    private static boolean arrived(Future<RecordMetadata> receipt) throws InterruptedException {
        try {
            receipt.get();
            return true;
        } catch (ExecutionException e) {
            return false;
        }
    }

    private static List<Integer> inLog(KafkaSettings kafka) {
        List<Integer> numbers = new ArrayList<>();
        TopicPartition partition = new TopicPartition(TOPIC, 0);
        try (var consumer = KafkaClients.consumer(kafka, "t", Map.of("group.protocol", "classic"))) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> numbers.add((int) record.value()[0]));
            }
        }
        return numbers;
    }
}
