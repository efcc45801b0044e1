package dev.reflux.fleet.announce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.message.StudentVersionPublished;
import dev.reflux.embedded.EmbeddedKafka;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class KafkaVersionFollowerTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    Path folder;

    private EmbeddedKafka broker;

    @BeforeEach
    void start() {
        broker = EmbeddedKafka.start(folder.resolve("kafka"));
        Topics.ensure(kafka(), new Topics.Plan(1, (short) 1, -1));
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    @Test
    void givenOldAnnouncements_whenFollowed_thenOnlyTheNewestOfTheLineIsReported() throws Exception {
        announce("student", 1);
        announce("student", 3);
        announce("another", 9);
        List<Long> reported = new CopyOnWriteArrayList<>();

        new KafkaVersionFollower(kafka(), "student").follow(version -> {
            reported.add(version);
            return false;
        });

        assertThat(reported).containsExactly(3L);
    }

    @Test
    void givenABrokerThatGoesAway_whenItIsBack_thenTheNextVersionIsReportedAndNoneTwice() throws Exception {
        announce("student", 1);
        List<Long> reported = new CopyOnWriteArrayList<>();
        Thread watch = new Thread(() -> new KafkaVersionFollower(kafka(), "student").follow(version -> {
            reported.add(version);
            return version < 2;
        }));
        watch.start();
        await().atMost(PATIENCE).until(() -> reported.equals(List.of(1L)));
        int port = broker.port();
        broker.close();

        broker = EmbeddedKafka.start(folder.resolve("kafka"), port);

        announce("student", 2);
        watch.join(PATIENCE.toMillis());
        assertThat(reported).containsExactly(1L, 2L);
    }

    @Test
    void givenAnInterrupt_whenFollowed_thenItEnds() throws Exception {
        Thread watch = new Thread(() -> new KafkaVersionFollower(kafka(), "student").follow(version -> true));
        watch.start();

        watch.interrupt();

        watch.join(PATIENCE.toMillis());
        assertThat(watch.isAlive()).isFalse();
    }

    private KafkaSettings kafka() {
        return KafkaSettings.of(broker.bootstrapServers());
    }

    private void announce(String model, long version) throws Exception {
        byte[] announcement = StudentVersionPublished.newBuilder()
                .setFormatVersion(MessageCodec.FORMAT_VERSION)
                .setModelName(model)
                .setVersion(version)
                .setManifestObject(model + "/versions/" + version + "/manifest.json")
                .build()
                .toByteArray();
        try (var producer = KafkaClients.producer(kafka(), Map.of())) {
            producer.send(new ProducerRecord<>(
                            Topics.STUDENTS_PUBLISHED, model.getBytes(StandardCharsets.UTF_8), announcement))
                    .get();
        }
    }
}
