package dev.reflux.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.kafka.Topics;
import dev.reflux.embedded.EmbeddedKafka;
import dev.reflux.trainer.ingest.SampleDecoder;
import dev.reflux.trainer.ingest.SampleReference;
import dev.reflux.trainer.ingest.TrainingSample;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleTopicReaderTest {

    private static final int SAMPLES = 6;
    private static final TopicPartition PARTITION = new TopicPartition(Topics.DISTILLATION_SAMPLES, 0);
    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration LONG = Duration.ofMinutes(2);

    /** With polls of 20 ms, a second and a half is longer than any number of empty polls that could count as an answer. */
    @Test
    void givenABrokerThatIsAwayForALongTime_whenSamplesAreReadAgain_thenAllOfThemAreThere(@TempDir Path directory)
            throws Exception {
        EmbeddedKafka before = filled(directory);
        before.close();
        KafkaSettings kafka = KafkaSettings.of(before.bootstrapServers());
        CompletableFuture<List<TrainingSample>> reading =
                CompletableFuture.supplyAsync(() -> reader(kafka, LONG).read(references(0, SAMPLES), Long.MAX_VALUE));
        await().during(Duration.ofMillis(1500)).atMost(Duration.ofSeconds(30)).until(() -> !reading.isDone());

        try (EmbeddedKafka again = EmbeddedKafka.start(directory, before.port())) {
            List<TrainingSample> samples = reading.get();

            assertThat(samples.stream().map(sample -> sample.reference().offset()))
                    .containsExactlyElementsOf(
                            LongStream.range(0, SAMPLES).boxed().toList());
        }
    }

    @Test
    void givenSamplesThatRetentionRemovedAndOnesThatNeverWere_whenReadAgain_thenTheOthersAreThereAtOnce(
            @TempDir Path directory) throws Exception {
        try (EmbeddedKafka broker = filled(directory)) {
            KafkaSettings kafka = KafkaSettings.of(broker.bootstrapServers());
            try (Admin admin = KafkaClients.admin(kafka)) {
                admin.deleteRecords(Map.of(PARTITION, RecordsToDelete.beforeOffset(2)))
                        .all()
                        .get();
            }

            List<TrainingSample> samples = reader(kafka, LONG).read(references(0, SAMPLES + 100), Long.MAX_VALUE);

            assertThat(samples.stream().map(sample -> sample.reference().offset()))
                    .containsExactly(2L, 3L, 4L, 5L);
        }
    }

    @Test
    void givenMoreSamplesThanFit_whenReadAgain_thenTheLastOnesAreKeptWithinTheBytes(@TempDir Path directory)
            throws Exception {
        try (EmbeddedKafka broker = filled(directory)) {
            KafkaSettings kafka = KafkaSettings.of(broker.bootstrapServers());
            long most = 3 * Samples.decoded(0).bytes() + 1;

            List<TrainingSample> samples = reader(kafka, LONG).read(references(0, SAMPLES), most);

            assertThat(samples.stream().map(sample -> sample.reference().offset()))
                    .containsExactly(3L, 4L, 5L);
        }
    }

    @Test
    void givenNoBroker_whenThePatienceEnds_thenOneSentenceNamesItAndNothingIsLeftOut() {
        KafkaSettings nowhere = KafkaSettings.of("127.0.0.1:1");

        assertThatThrownBy(() -> reader(nowhere, Duration.ofMillis(100)).read(references(0, 1), Long.MAX_VALUE))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("127.0.0.1:1")
                .hasMessageContaining("unchanged");
    }

    private static SampleTopicReader reader(KafkaSettings kafka, Duration patience) {
        return new SampleTopicReader(
                kafka, Topics.DISTILLATION_SAMPLES, new SampleDecoder(Samples.schema()), POLL, patience);
    }

    private static List<SampleReference> references(int from, int to) {
        return LongStream.range(from, to)
                .mapToObj(offset -> new SampleReference(0, offset))
                .toList();
    }

    private static EmbeddedKafka filled(Path directory) throws Exception {
        EmbeddedKafka broker = EmbeddedKafka.start(directory);
        KafkaSettings kafka = KafkaSettings.of(broker.bootstrapServers());
        Topics.ensure(kafka, new Topics.Plan(1, (short) 1, -1));
        try (Producer<byte[], byte[]> teacher = KafkaClients.producer(kafka, Map.of())) {
            for (int i = 0; i < SAMPLES; i++) {
                teacher.send(new ProducerRecord<>(Topics.DISTILLATION_SAMPLES, null, Samples.value(Samples.sound(i))))
                        .get();
            }
        }
        return broker;
    }
}
